//! Whether a report of coverage is about the files of the repository: how paths are brought to them, and
//! what is said where they are not.

use gate_tests::{Cobertura, Repository, gate};

/// A git repository with a rule over coverage, these keys at its report, and these files.
fn repository(keys: &str, files: &[&str]) -> Repository {
    let policy = format!(
        "version: 1
reports: {{ coverage: {{ file: coverage.xml{keys} }} }}
rules: {{ enough is tested: {{ coverage: {{ report: coverage, at-least: 80% }} }} }}
"
    );
    tracked(
        files.iter().fold(Repository::with_policy(&policy), |it, file| it.file(file, "a = 1\n")),
    )
}

fn tracked(repository: Repository) -> Repository {
    repository.git(&["init", "--quiet"]);
    repository
}

/// A report of these files, nine lines in ten of which ran.
fn report(files: &[&str]) -> String {
    files.iter().fold(Cobertura::new(), |report, file| report.file(file, 9, 10)).xml()
}

const LIBRARY: [&str; 3] =
    ["lib/py/shop/cart.py", "lib/py/shop/price.py", "lib/py/shop/sub/tax.py"];
const BUILT: [&str; 3] =
    ["/build/1/shop/cart.py", "/build/1/shop/price.py", "/build/1/shop/sub/tax.py"];

#[test]
fn a_report_whose_files_are_not_there_is_broken_and_the_likeliest_fixes_are_told() {
    repository("", &LIBRARY)
        .file("coverage.xml", report(&BUILT))
        .check()
        .expect_inconclusive()
        .expect_line("coverage.xml: 0 of the 3 files that it measures are files of the repository")
        .expect_line("strip-prefix: /build/1 with add-prefix: lib/py (3 of 3 would fit)");
}

#[test]
fn each_fix_that_is_told_mends_as_many_files_as_it_says() {
    let files =
        ["a/x/1.py", "a/x/2.py", "b/y/3.py", "b/y/4.py", "b/y/5.py", "c/z/6.py", "d/w/7.py"];
    let names = ["q/x/1.py", "q/x/2.py", "y/s/3.py", "y/s/4.py", "y/s/5.py", "r/6.py", "7.pyx"];
    let said = repository("", &files).file("coverage.xml", report(&names)).check();
    said.expect_inconclusive();
    let mut lines = said.text.stdout.lines();
    let line = lines.find(|line| line.contains("likeliest, it needs")).unwrap();
    let (told, others) = line.split_once("likeliest, it needs ").unwrap();
    assert!(told.contains("0 of the 7 files"), "{line}");
    let fixes: Vec<&str> = others.split(", or ").collect();
    assert_eq!(fixes.len(), 3, "{line}");
    assert!(fixes[0].starts_with("strip-prefix: y/s with add-prefix: b/y (3 of 7"), "{line}");
    assert!(fixes[1].starts_with("strip-prefix: q with add-prefix: a (2 of 7"), "{line}");
    assert!(fixes[2].starts_with("strip-prefix: r with add-prefix: c/z (1 of 7"), "{line}");
}

#[test]
fn nine_files_in_ten_are_enough_and_fewer_are_not() {
    let there: Vec<String> = (1..=9).map(|number| format!("src/{number}.py")).collect();
    let files: Vec<&str> = there.iter().map(String::as_str).collect();
    let with = |gone: &[&str]| {
        let all: Vec<&str> = files.iter().chain(gone).copied().collect();
        repository("", &files).file("coverage.xml", report(&all)).check()
    };
    with(&["gone/10.pyc"]).expect_passed();
    with(&["gone/10.pyc", "gone/11.pyc"]).expect_inconclusive().expect_line("9 of the 11 files");
}

#[test]
fn the_prefixes_of_the_policy_bring_paths_to_files() {
    for (keys, names) in [
        (", strip-prefix: /build/1, add-prefix: lib/py", BUILT),
        (", strip-prefix: /build/1/, add-prefix: ./lib/py/", BUILT),
    ] {
        let checked = repository(keys, &LIBRARY).file("coverage.xml", report(&names)).check();
        checked.expect_passed();
        checked.expect_no_line("prefix-not-there");
    }
}

#[test]
fn a_prefix_that_no_path_begins_with_is_noted() {
    repository(", strip-prefix: /other", &["src/a.py"])
        .file("coverage.xml", report(&["src/a.py"]))
        .check()
        .expect_passed()
        .expect_remark("prefix-not-there")
        .expect_line("src/a.py does not begin with /other");
}

#[test]
fn prefixes_that_do_harm_are_named() {
    repository(", add-prefix: wrong", &LIBRARY)
        .file("coverage.xml", report(&["shop/cart.py", "shop/price.py"]))
        .check()
        .expect_inconclusive()
        .expect_line("add-prefix: lib/py (2 of 2 would fit)");
    repository(", strip-prefix: lib, add-prefix: src", &LIBRARY)
        .file("coverage.xml", report(&LIBRARY))
        .check()
        .expect_inconclusive()
        .expect_line("neither `strip-prefix` nor `add-prefix` (3 of 3 would fit)");
}

#[test]
fn where_no_beginning_helps_that_is_said() {
    repository("", &LIBRARY)
        .file("coverage.xml", report(&["else/where.go"]))
        .check()
        .expect_inconclusive()
        .expect_line("is it the report of another repository or another commit?");
}

#[test]
fn outside_of_a_repository_nothing_is_compared_and_that_is_said() {
    Repository::with_rule("coverage: { report: coverage, at-least: 80% }")
        .file("coverage.xml", report(&["nowhere/a.py"]))
        .check()
        .expect_passed()
        .expect_remark("paths-not-audited")
        .expect_line("the files of the repository are not known here");
}

#[test]
fn a_part_whose_files_are_not_there_breaks_the_report() {
    let policy = "version: 1
reports: { coverage: { file: 'coverage-{part}.xml', parts: [one, two] } }
rules: { enough is tested: { coverage: { report: coverage, at-least: 80% } } }
";
    tracked(Repository::with_policy(policy))
        .file("src/a.py", "a = 1\n")
        .file("coverage-one.xml", report(&["src/a.py"]))
        .file("coverage-two.xml", report(&["elsewhere/b.pyx"]))
        .check()
        .expect_inconclusive()
        .expect_line("the part two: coverage-two.xml: the file that it measures is no file of the repository");
}

#[test]
fn jacocos_packages_are_brought_to_the_sources_of_both_modules() {
    let java = "src/main/java/shop";
    let policy = "version: 1
reports: { coverage: { file: jacoco.xml } }
rules:
  app: { coverage: { report: coverage, at-least: 1%, paths: { include: ['app/**'] } } }
  lib: { coverage: { report: coverage, at-least: 1%, paths: { include: ['lib/**'] } } }
";
    let checked = tracked(Repository::with_policy(policy))
        .file("app/src/main/java/Main.java", "")
        .file(&format!("app/{java}/cart/Cart.java"), "")
        .file(&format!("app/{java}/cart/Store.java"), "")
        .file(&format!("lib/{java}/cart/Store.java"), "")
        .file(&format!("lib/{java}/money/Price.java"), "")
        .fixture("jacoco.xml", "jacoco/shop-modules.xml")
        .check();
    // Main 1 of 3, Cart 12 of 19, Store 3 of 4; Store 0 of 2, Price 4 of 5.
    checked.expect_passed().expect_line("16/24").expect_line("4/7");
}

#[test]
fn gos_import_paths_are_brought_to_the_files_of_the_module() {
    let policy = "version: 1
reports: { coverage: { file: cover.out } }
rules:
  root: { coverage: { report: coverage, at-least: 1%, paths: { include: ['*.go'] } } }
  cart: { coverage: { report: coverage, at-least: 1%, paths: { include: ['cart/**'] } } }
";
    tracked(Repository::with_policy(policy))
        .file("go.mod", "module example.com/shop\n")
        .file("main.go", "")
        .file("cart/cart.go", "")
        .fixture("cover.out", "go-cover/set.out")
        .check()
        .expect_passed()
        .expect_line("3/7")
        .expect_line("15/20");
    // The module lies in a folder: nobody can know that but the policy, and the report says so.
    let below = |keys: &str| {
        let policy = policy.replace("cover.out }", &format!("cover.out{keys} }}"));
        tracked(Repository::with_policy(
            &policy.replace("cart/**", "**/cart/**").replace("*.go", "**/main.go"),
        ))
        .file("services/shop/main.go", "")
        .file("services/shop/cart/cart.go", "")
        .fixture("cover.out", "go-cover/set.out")
        .check()
    };
    below("")
        .expect_inconclusive()
        .expect_line("strip-prefix: example.com with add-prefix: services (2 of 2 would fit)");
    below(", strip-prefix: example.com, add-prefix: services").expect_passed();
    below(", add-prefix: services/shop").expect_passed().expect_line("15/20");
}

#[test]
fn prefixes_are_beginnings_of_paths() {
    for keys in ["strip-prefix: ''", "strip-prefix: ../a", "add-prefix: /abs", "add-prefix: C:/a"] {
        let policy = format!(
            "version: 1\nreports: {{ a: {{ file: x, {keys} }} }}\nrules: {{ r: {{ review: {{}} }} }}\n"
        );
        Repository::with_policy(&policy)
            .gate(["policy", "check", ".github/gate.yml"])
            .run()
            .expect_exit(2)
            .expect_complaint("this is no beginning of a path");
    }
    gate(["policy", "schema"]).run().expect_success().expect_line("strip-prefix");
}
