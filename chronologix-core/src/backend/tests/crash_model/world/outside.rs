//! What others do while a logger works: time passes, somebody sets the clock, or takes files away.

use std::time::Duration;

use super::World;
use crate::backend::tests::crash_model::{
    check,
    program::{Move, Target},
};
use chronologix_schema::layout::zone;

use crate::fs::tests::sim::SimFs;

impl World {
    pub(crate) fn set_clock(&mut self, by: Move) {
        let wall = self.clock.read().wall;
        let zone = zone(self.setup.zone.name).unwrap();
        let instant = chrono::DateTime::from_timestamp_nanos(wall);
        let rollover = self.setup.interval.span(instant, &zone).end;
        let to_rollover = rollover.timestamp_nanos_opt().unwrap() - wall;
        let pass = match by {
            Move::Pass(millis) => Duration::from_millis(millis),
            Move::ToRollover { before } => {
                let nanos = u64::try_from(to_rollover).unwrap();
                Duration::from_nanos(nanos - if before { 1000 } else { 0 })
            }
            Move::Intervals(times) => {
                Duration::from_secs(u64::from(self.setup.interval.minutes()) * 60 * times)
            }
            Move::Set(minutes) => {
                let by = minutes * 60_000_000_000;
                self.clock
                    .step_to(chrono::DateTime::from_timestamp_nanos(wall + by));
                let distance = self.distances.last().copied().unwrap_or_default();
                self.distances.push(distance + by);
                return;
            }
        };
        self.clock.advance(pass);
        self.ticks += u64::try_from(pass.as_nanos()).unwrap();
    }

    pub(crate) fn delete(&mut self, target: Target) -> Result<(), String> {
        let path = match target {
            Target::File(number) => self.pick_file(number),
            Target::Folder(number) => {
                let mut folders = self.fs.list("/base");
                folders.retain(|name| name.starts_with("20"));
                let at = number.checked_rem(folders.len());
                at.map(|at| format!("/base/{}", folders[at]))
            }
            Target::Base => Some("/base".to_owned()),
        };
        self.plunder(path, SimFs::delete)
    }

    /// Takes away what has this name in the current folder, or the folder itself.
    pub(crate) fn delete_in_current_folder(&mut self, name: Option<&str>) -> Result<(), String> {
        let zone = zone(self.setup.zone.name).unwrap();
        let folder = self.setup.interval.span(self.clock.now(), &zone).folder;
        let path = match name {
            Some(name) => format!("/base/{}/{name}", folder.name()),
            None => format!("/base/{}", folder.name()),
        };
        self.plunder(Some(path), SimFs::delete)
    }

    pub(crate) fn replace(&mut self, file: usize, content: &str) -> Result<(), String> {
        let path = self.pick_file(file);
        self.plunder(path, |fs, path| fs.put(path, content.as_bytes()))
    }

    fn plunder(
        &mut self,
        path: Option<String>,
        take: impl FnOnce(&SimFs, &str),
    ) -> Result<(), String> {
        let Some(path) = path else { return Ok(()) };
        // As long as it is all there.
        check::all(self, false)?;
        take(&self.fs, &path);
        self.is_plundered = true;
        self.is_catalogue_in_doubt = true;
        self.seen.plundered += 1;
        self.life.may_fail = true;
        Ok(())
    }

    fn pick_file(&self, number: usize) -> Option<String> {
        let mut paths = Vec::new();
        self.fs.for_each_snapshot(|file| {
            let path = file.path.to_string_lossy();
            if !file.is_gone && path.ends_with(".log") {
                paths.push(path.into_owned());
            }
        });
        paths.sort_unstable();
        let at = number.checked_rem(paths.len())?;
        Some(paths.swap_remove(at))
    }
}
