//! What `gate init` writes: the policy, and the workflow lines that are missing.

use super::{Seen, draft::DraftRule, found::Found, tools::Tool};

/// The policy: what is judged, and what could be judged too.
pub(super) fn policy(seen: &Seen, rules: &[DraftRule]) -> String {
    let mut out: Vec<String> = Vec::new();
    for line in [
        "# The merge bar of this repository. `gate init` found what is here, and every rule that decides",
        "# holds today: raise the bars from there. Every key is explained in docs/policy.md of gate, and by",
        "# `gate explain RULE`. `gate check` judges by this file, `gate policy check` says what is wrong",
        "# with it. The App reads it from the base branch.",
        "",
        "version: 1",
    ] {
        out.push(line.to_owned());
    }
    if !seen.reports.is_empty() {
        out.push(String::new());
        out.push("# What CI writes and uploads. Rules use these names.".to_owned());
        out.push("reports:".to_owned());
        for found in &seen.reports {
            report(&mut out, seen, found);
        }
    }
    out.push(String::new());
    out.push("# A rule's name completes \"this can be merged because …\".".to_owned());
    out.push("rules:".to_owned());
    for (index, rule) in rules.iter().enumerate() {
        if index > 0 {
            out.push(String::new());
        }
        out.extend(rule.lines());
    }
    if !rules.iter().any(|rule| rule.advisory.is_none()) {
        out.push(String::new());
        out.push("# No rule above decides yet. Take this out once one does.".to_owned());
        out.push("when-no-rule-applies: pass".to_owned());
    }
    for tool in &seen.without_report {
        could_be(&mut out, seen, tool);
    }
    out.push(String::new());
    out.join("\n")
}

fn report(out: &mut Vec<String>, seen: &Seen, found: &Found) {
    let format = found.format.name();
    out.push(format!("  {}:", found.name));
    out.push(format!("    format: {format}"));
    let Some(upload) = found.upload(&seen.workflows) else {
        out.push(format!("    file: {}", plain(&found.file)));
        out.push(
            "    # Not uploaded yet: `gate init` says which lines a workflow is missing."
                .to_owned(),
        );
        out.push(format!("    artifact: {}", plain(&found.name)));
        return;
    };
    let inside = upload.inside(&found.file);
    let place = format!("uploaded by {}, job {}", upload.workflow, upload.job);
    if inside == found.file {
        out.push(format!("    file: {}", plain(&found.file)));
    } else {
        let wild = format!("**/{inside}");
        out.push(format!(
            "    # On disk {}, in the artifact {inside}: this fits both.",
            found.file
        ));
        out.push(format!("    file: {}", plain(&wild)));
    }
    match upload.parts() {
        _ if upload.is_plain() => {
            out.push(format!("    artifact: {:<24} # {place}", plain(&upload.name)));
        }
        Some((artifact, parts)) => {
            let parts: Vec<String> = parts.iter().map(|part| plain(part)).collect();
            out.push(format!(
                "    # A matrix leaves one for each part ({place}). For the App take these in;"
            ));
            out.push(
                "    # on disk each part then lies in a folder of its artifact's name.".to_owned(),
            );
            out.push(format!("    # artifact: {}", plain(&artifact)));
            out.push(format!("    # parts: [{}]", parts.join(", ")));
        }
        None => {
            out.push(format!("    # Its artifact has another name in every run ({place}):"));
            out.push(format!("    # {}. Give it one that stays, and name it here.", upload.name));
        }
    }
}

/// A tool that is there, and left no report to judge by.
fn could_be(out: &mut Vec<String>, seen: &Seen, tool: &Tool) {
    let places = seen.signs.saying(tool.signs).join(", ");
    out.push(String::new());
    out.push(format!(
        "# {} is here ({places}), and no report of it was found. Make one, and run `gate init --force`:",
        tool.title
    ));
    out.push(format!("#   {}", tool.command));
}

/// The lines that workflows are missing, so that every report reaches the App; none if nothing is missing.
pub(super) fn missing_lines(seen: &Seen) -> Vec<String> {
    let mut lines = Vec::new();
    let action = seen.workflows.action.as_deref().unwrap_or("actions/upload-artifact@v4");
    let runs = |tool: &Tool| {
        let program =
            tool.command.split_whitespace().find(|word| !["python", "-m", "npx"].contains(word));
        let files = seen.signs.saying(&[program.unwrap_or(tool.report)]);
        files.iter().any(|file| seen.workflows.files.iter().any(|workflow| workflow == file))
    };
    let mut step = |name: &str, file: &str, tool: Option<&Tool>, is_written: bool| {
        if let Some(tool) = tool.filter(|tool| !is_written || !runs(tool)) {
            // Where the report is looked for is where it has to be written.
            lines.push(format!("      - run: {}", scalar(&tool.command.replace(tool.file, file))));
        }
        lines.push(format!("      - uses: {action}"));
        lines.push("        if: always()".to_owned());
        lines.push("        with:".to_owned());
        lines.push(format!("          name: {}", plain(name)));
        lines.push(format!("          path: {}", plain(file)));
        lines.push("          if-no-files-found: error".to_owned());
    };
    for found in seen.reports.iter().filter(|found| found.upload(&seen.workflows).is_none()) {
        step(&found.name, &found.file, found.tool, true);
    }
    for tool in &seen.without_report {
        if !seen.workflows.uploads.iter().any(|upload| upload.takes(tool.file)) {
            step(tool.report, tool.file, Some(tool), false);
        }
    }
    lines
}

/// A text as YAML has it: plain where that is safe.
fn plain(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '.');
    if begins && text.chars().all(is_part) { text.to_owned() } else { quoted(text) }
}

/// A command as YAML has it.
fn scalar(text: &str) -> String {
    if text.contains(": ") || text.contains(" #") { quoted(text) } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    // JSON's texts are YAML's.
    serde_json::Value::String(text.to_owned()).to_string()
}
