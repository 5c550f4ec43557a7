//! What is said of errors of a store.

use object_store::Error;

use super::{METADATA, UploadError, classed};

#[test]
fn credentials_that_are_missing_are_named_as_the_store_calls_them() {
    for (store, variables) in [
        ("S3", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,"),
        ("GCS", "set GOOGLE_SERVICE_ACCOUNT,"),
        (
            "MicrosoftAzure",
            "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY,",
        ),
    ] {
        let source = format!("Error performing GET {METADATA}latest/token");
        let error = Error::Generic {
            store,
            source: source.into(),
        };
        let UploadError::Lasting(why) = classed(&error) else {
            panic!("{store}: it does not last");
        };
        assert!(why.contains(variables), "{why}");
        assert!(why.contains(METADATA), "{why}");
    }
}

#[test]
fn an_error_that_lasts_asks_what_may_be_wrong() {
    let source = || "of the store".into();
    let path = || "logs/key".to_owned();
    for (error, hint) in [
        (
            Error::NotFound {
                path: path(),
                source: source(),
            },
            "; does the bucket exist?",
        ),
        (
            Error::PermissionDenied {
                path: path(),
                source: source(),
            },
            "; may these credentials write and read there?",
        ),
        (
            Error::Unauthenticated {
                path: path(),
                source: source(),
            },
            "; are the credentials right?",
        ),
    ] {
        let found = classed(&error);
        let is_hinted = matches!(&found, UploadError::Lasting(why) if why.ends_with(hint));
        assert!(is_hinted, "{found:?}");
    }
    let busy = Error::Generic {
        store: "S3",
        source: "503 Slow Down".into(),
    };
    assert!(matches!(classed(&busy), UploadError::Passing(_)));
}
