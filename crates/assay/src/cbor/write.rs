//! Deterministic CBOR written as serde hands it over: each map's pairs are put into order by their encoded keys once the map
//! is complete, so that no tree of values is built first. It knows what our records hold, and says of anything else that it
//! does not.

use std::fmt;

use serde::ser::{self, Serialize};

/// Something that our records do not hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is none of the values that our records hold")
    }
}

impl std::error::Error for Unknown {}

impl ser::Error for Unknown {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// The bytes of a value.
pub(super) fn bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Unknown> {
    let mut writer = Writer { out: Vec::with_capacity(256) };
    value.serialize(&mut writer)?;
    Ok(writer.out)
}

struct Writer {
    out: Vec<u8>,
}

impl Writer {
    fn head(&mut self, major: u8, argument: u64) {
        let major = major << 5;
        match argument {
            0..=0x17 => self.out.push(major | argument as u8),
            0x18..=0xff => self.out.extend([major | 0x18, argument as u8]),
            0x100..=0xffff => {
                self.out.push(major | 0x19);
                self.out.extend((argument as u16).to_be_bytes());
            }
            0x1_0000..=0xffff_ffff => {
                self.out.push(major | 0x1a);
                self.out.extend((argument as u32).to_be_bytes());
            }
            _ => {
                self.out.push(major | 0x1b);
                self.out.extend(argument.to_be_bytes());
            }
        }
    }

    fn text(&mut self, text: &str) {
        self.head(3, text.len() as u64);
        self.out.extend_from_slice(text.as_bytes());
    }
}

/// A list or map that is being written into the same bytes: its head comes once the number of items is known.
struct Items<'a> {
    writer: &'a mut Writer,
    start: usize,
    count: u64,
    major: u8,
    /// Of a map, where each pair begins and where its key ends.
    pairs: Vec<(usize, usize)>,
}

impl<'a> Items<'a> {
    fn new(writer: &'a mut Writer, major: u8) -> Self {
        let start = writer.out.len();
        Self { writer, start, count: 0, major, pairs: Vec::new() }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unknown> {
        self.count += 1;
        value.serialize(&mut *self.writer)
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unknown> {
        let begin = self.writer.out.len();
        key.serialize(&mut *self.writer)?;
        self.pairs.push((begin, self.writer.out.len()));
        self.count += 1;
        Ok(())
    }

    fn close(self) -> Result<(), Unknown> {
        let Self { writer, start, count, major, pairs } = self;
        let body = writer.out.split_off(start);
        writer.head(major, count);
        if major == 5 {
            let ends = pairs.iter().skip(1).map(|(begin, _)| *begin).chain([start + body.len()]);
            let mut parts: Vec<(&[u8], &[u8])> = pairs
                .iter()
                .zip(ends)
                .map(|((begin, key), end)| {
                    (&body[begin - start..key - start], &body[key - start..end - start])
                })
                .collect();
            parts.sort_unstable_by_key(|(key, _)| *key);
            for (key, value) in parts {
                writer.out.extend_from_slice(key);
                writer.out.extend_from_slice(value);
            }
        } else {
            writer.out.extend_from_slice(&body);
        }
        Ok(())
    }
}

impl<'a> ser::Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Unknown;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Items<'a>;
    type SerializeTupleStruct = Items<'a>;
    type SerializeTupleVariant = Items<'a>;
    type SerializeMap = Items<'a>;
    type SerializeStruct = Items<'a>;
    type SerializeStructVariant = Items<'a>;

    fn serialize_bool(self, v: bool) -> Result<(), Unknown> {
        self.out.push(if v { 0xf5 } else { 0xf4 });
        Ok(())
    }

    fn serialize_i8(self, v: i8) -> Result<(), Unknown> {
        self.serialize_i64(v.into())
    }

    fn serialize_i16(self, v: i16) -> Result<(), Unknown> {
        self.serialize_i64(v.into())
    }

    fn serialize_i32(self, v: i32) -> Result<(), Unknown> {
        self.serialize_i64(v.into())
    }

    fn serialize_i64(self, v: i64) -> Result<(), Unknown> {
        if v < 0 {
            self.head(1, !v as u64)
        } else {
            self.head(0, v as u64)
        }
        Ok(())
    }

    fn serialize_u8(self, v: u8) -> Result<(), Unknown> {
        self.serialize_u64(v.into())
    }

    fn serialize_u16(self, v: u16) -> Result<(), Unknown> {
        self.serialize_u64(v.into())
    }

    fn serialize_u32(self, v: u32) -> Result<(), Unknown> {
        self.serialize_u64(v.into())
    }

    fn serialize_u64(self, v: u64) -> Result<(), Unknown> {
        self.head(0, v);
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Result<(), Unknown> {
        Err(Unknown)
    }

    fn serialize_f64(self, _: f64) -> Result<(), Unknown> {
        Err(Unknown)
    }

    fn serialize_char(self, v: char) -> Result<(), Unknown> {
        self.text(v.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, v: &str) -> Result<(), Unknown> {
        self.text(v);
        Ok(())
    }

    fn serialize_bytes(self, v: &[u8]) -> Result<(), Unknown> {
        self.head(2, v.len() as u64);
        self.out.extend_from_slice(v);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Unknown> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unknown> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unknown> {
        self.out.push(0xf6);
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unknown> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Unknown> {
        self.text(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unknown> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unknown> {
        self.head(5, 1);
        self.text(variant);
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Unknown> {
        Ok(Items::new(self, 4))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'a>, Unknown> {
        Ok(Items::new(self, 4))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'a>, Unknown> {
        Ok(Items::new(self, 4))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'a>, Unknown> {
        self.head(5, 1);
        self.text(variant);
        Ok(Items::new(self, 4))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Items<'a>, Unknown> {
        Ok(Items::new(self, 5))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Items<'a>, Unknown> {
        Ok(Items::new(self, 5))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'a>, Unknown> {
        self.head(5, 1);
        self.text(variant);
        Ok(Items::new(self, 5))
    }
}

macro_rules! writes_items {
    ($($kind:ident $method:ident),*) => {$(
        impl ser::$kind for Items<'_> {
            type Ok = ();
            type Error = Unknown;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unknown> {
                self.item(value)
            }

            fn end(self) -> Result<(), Unknown> {
                self.close()
            }
        }
    )*};
}

writes_items!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

impl ser::SerializeMap for Items<'_> {
    type Ok = ();
    type Error = Unknown;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unknown> {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unknown> {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Unknown> {
        self.close()
    }
}

macro_rules! writes_fields {
    ($($kind:ident),*) => {$(
        impl ser::$kind for Items<'_> {
            type Ok = ();
            type Error = Unknown;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Unknown> {
                self.key(key)?;
                value.serialize(&mut *self.writer)
            }

            fn end(self) -> Result<(), Unknown> {
                self.close()
            }
        }
    )*};
}

writes_fields!(SerializeStruct, SerializeStructVariant);
