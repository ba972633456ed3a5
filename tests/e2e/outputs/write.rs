//! `--write FORMAT=FILE`: the same verdict into several files, in one run.

use super::mixed;

#[test]
fn writes_what_the_format_alone_would_print() {
    let repository = mixed();
    let formats = ["text", "json", "markdown", "sarif", "junit", "github"];
    let all = formats.iter().fold(repository.gate_check(), |check, format| {
        check.arg("--write").arg(format!("{format}=it.{format}"))
    });
    let run = all.run();
    run.expect_exit(1);
    assert_eq!(run.stdout, repository.gate_check().run().stdout);
    for format in formats {
        let alone = repository.gate_check().arg("--format").arg(format).run();
        assert_eq!(run.written(repository.path(&format!("it.{format}"))), alone.stdout, "{format}");
    }
}

#[test]
fn a_record_is_written_out_in_the_same_way() {
    let repository = mixed();
    repository.gate_check().arg("--record").arg("it.record").run().expect_exit(1);
    let sarif = repository.gate_check().arg("--format").arg("sarif").run();
    let replay = repository.gate(["replay", "it.record", "--write", "sarif=it.sarif"]).run();
    assert_eq!(replay.written(repository.path("it.sarif")), sarif.stdout);
}

#[test]
fn that_cannot_be_written_is_an_error_and_no_verdict() {
    let run = mixed().gate_check().arg("--write").arg("sarif=no/folder/it").run();
    run.expect_refused(&["cannot write no/folder/it"]);
}

#[test]
fn of_an_unknown_format_is_refused() {
    for wrong in ["xml=it", "sarif", "sarif="] {
        let run = mixed().gate_check().arg("--write").arg(wrong).run();
        run.expect_exit(2);
        assert_eq!(run.stdout, "");
    }
}
