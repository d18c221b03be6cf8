//! This process, as its system sees it (Linux): under the names that every Prometheus client uses.

use crate::meter::Meter;

/// Measures it; what cannot be read is left out.
#[cfg(target_os = "linux")]
pub(super) fn measure(meter: &Meter) {
    use procfs::process::{LimitValue, Process};

    let Ok(process) = Process::myself() else { return };
    if let Ok(stat) = process.stat() {
        let ticks = procfs::ticks_per_second().max(1);
        meter.set("process_resident_memory_bytes", (stat.rss * procfs::page_size()) as f64);
        meter.set("process_virtual_memory_bytes", stat.vsize as f64);
        meter.set("process_threads", stat.num_threads as f64);
        meter.set_total("process_cpu_seconds_total", (stat.utime + stat.stime) / ticks);
        if let Ok(boot) = procfs::boot_time_secs() {
            meter.set("process_start_time_seconds", boot as f64 + stat.starttime as f64 / ticks as f64);
        }
    }
    if let Ok(open) = process.fd_count() {
        meter.set("process_open_fds", open as f64);
    }
    if let Ok(limits) = process.limits()
        && let LimitValue::Value(most) = limits.max_open_files.soft_limit
    {
        meter.set("process_max_fds", most as f64);
    }
}

/// Other systems are not asked.
#[cfg(not(target_os = "linux"))]
pub(super) fn measure(_: &Meter) {}
