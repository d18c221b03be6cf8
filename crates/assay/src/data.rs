//! The bundled data files by folder, as the build lists them: a new baseline or scheme is one file, no line of code.

include!(concat!(env!("OUT_DIR"), "/data_files.rs"));
