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
    use std::time::Duration;

    use super::{say, say_aside, stop_by_signals};
    use crate::{
        clock::{Stop, SystemClock},
        notice::Notice,
        objects::{FolderShipper, ShipperParts, Store},
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
    let report = |notice: &Notice| say_aside(&format!("chronologix-ship: {notice}"));
    let mut resource = settings.resource.iter();
    let app = resource.find(|(name, _)| name == "service.name");
    let once = given.get_flag("once");
    let shipper = FolderShipper::new(ShipperParts {
        store: opened,
        format: settings.object_format,
        tree: &settings.tree,
        app: app.map_or("logs", |(_, app)| app),
        host: &settings.host,
        clock: &SystemClock,
        stop: &stop,
        report: &report,
        patience: once.then_some(PATIENCE),
    })?;
    if given.get_flag("dry-run") {
        for key in shipper.keys()? {
            say(&format!("{key}\n"));
        }
        return Ok(());
    }
    let summary = shipper.run(once)?;
    if !given.get_flag("quiet") {
        say(&format!("{summary}\n"));
    }
    Ok(())
}
