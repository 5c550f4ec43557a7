//! The command `objects`: closed folders, to a store.

use chronologix_schema::settings::{ConfigError, ConfigProblem};
use clap::ArgMatches;

use crate::{error::ShipError, settings::Settings};

/// Uploads the closed folders of a tree to the store of the settings.
pub(super) fn upload(settings: &Settings, given: &ArgMatches) -> Result<(), ShipError> {
    let Some(store) = &settings.store else {
        let why = "no store is named; give --store, or `store` in the table [ship], \
                   such as s3://bucket/logs";
        return Err(problem("", why));
    };
    upload_to(store, settings, given)
}

fn problem(value: &str, why: &str) -> ShipError {
    ConfigError::new(vec![ConfigProblem::new("store", value, why)]).into()
}

#[cfg(not(feature = "objects"))]
fn upload_to(store: &str, _: &Settings, _: &ArgMatches) -> Result<(), ShipError> {
    let why = "this program was built without stores; install chronologix-ship with the feature \
               `objects`";
    Err(problem(store, why))
}

#[cfg(feature = "objects")]
fn upload_to(store: &str, settings: &Settings, given: &ArgMatches) -> Result<(), ShipError> {
    use std::{
        io::{self, IsTerminal as _},
        sync::Arc,
        time::Duration,
    };

    use super::{
        progress_line::{ProgressLine, folders_line},
        say, stop_by_signals,
    };
    use crate::{
        clock::{Stop, SystemClock},
        monitoring::listen,
        notice::Notice,
        objects::{FolderShipper, ObjectMetrics, ShipperParts, Store},
    };

    /// How long a run to the end waits for a store that is away.
    const PATIENCE: Duration = Duration::from_secs(60);

    let stop = Stop::default();
    let listening = stop_by_signals(&stop);
    listening.map_err(ShipError::io(
        "cannot listen for signals while shipping",
        &settings.tree,
    ))?;
    let opened = Store::open(store).map_err(|why| problem(store, &why))?;
    let (once, is_dry) = (given.get_flag("once"), given.get_flag("dry-run"));
    let is_quiet = given.get_flag("quiet");
    let is_drawn = io::stderr().is_terminal() && !is_quiet && !is_dry;
    let line = Arc::new(ProgressLine::new(is_drawn));
    let report = |notice: &Notice| line.above(&format!("chronologix-ship: {notice}"));
    let mut resource = settings.resource.iter();
    let app = resource.find(|(name, _)| name == "service.name");
    let metrics = Arc::new(ObjectMetrics::default());
    let shipper = FolderShipper::new(ShipperParts {
        store: opened,
        format: settings.object_format,
        tree: &settings.tree,
        app: app.map_or("logs", |(_, app)| app),
        host: &settings.host,
        clock: &SystemClock,
        stop: &stop,
        metrics: Arc::clone(&metrics),
        report: &report,
        patience: once.then_some(PATIENCE),
    })?;
    if is_dry {
        for key in shipper.keys()? {
            say(&format!("{key}\n"));
        }
        return Ok(());
    }
    if let Some(address) = settings.listen {
        listen(address, Arc::<ObjectMetrics>::clone(&metrics))?;
    }
    let summary = line.during(move || folders_line(&metrics), || shipper.run(once))?;
    if !is_quiet {
        say(&format!("{summary}\n"));
    }
    Ok(())
}
