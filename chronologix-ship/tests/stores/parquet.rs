//! Files as Parquet tables, read by query engines.

use super::*;

#[test]
fn tables_have_a_row_for_each_line_by_stream_and_hour() {
    let Some(python) = find("python") else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (base, lake) = (dir.path().join("my_logs"), dir.path().join("lake"));
    write_tree(&base);
    let output = ship_as("parquet", &base, &format!("file://{}", lake.display()), &[]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(marked(&base).len(), 3);
    query_all(&python, dir.path(), "parquet");
    let statement = "SELECT stream, CAST(hour AS INTEGER), count(*) FROM read_parquet(\
                     'lake/*/*/*/*/*/*.parquet', hive_partitioning = true) GROUP BY ALL";
    let tables = run(&python, dir.path(), "duckdb", &[statement]);
    let rows = tables.into_iter().flatten().flat_map(|(_, rows)| rows);
    let number = |cell: &serde_json::Value| cell.to_string().trim_matches('"').parse().unwrap();
    let counts = rows.map(|row| {
        let stream = row[0].as_str().unwrap().to_owned();
        ((stream, number(&row[1])), number(&row[2]) as usize)
    });
    assert_eq!(counts.collect::<BTreeMap<_, _>>(), line_counts(&base));
}
