//! What operators do by the command line: keys, configuration, doctor.

use crate::command::{Workplace, complaint, json};

#[test]
fn keys_are_made_listed_and_revoked() {
    let place = Workplace::indexed();
    let made =
        place.run(&["keys", "create", "--name", "政策研究室", "--scope", "read,write", "--expires", "90d"]);
    let key = String::from_utf8(made.get_output().stdout.clone()).unwrap();
    assert!(key.starts_with("tk_") && key.trim().len() == 80, "{key}");
    assert!(complaint(&made).contains("not shown again"));
    let listed = json(&place.run(&["keys", "list", "--json"]).success());
    let id = listed[0]["id"].as_str().unwrap();
    assert_eq!((&listed[0]["name"], &listed[0]["usable"]), (&"政策研究室".into(), &true.into()));
    assert!(listed[0]["hash"].is_null());
    place.run(&["keys", "revoke", id]).success();
    assert_eq!(json(&place.run(&["keys", "list", "--json"]))[0]["usable"], false);
    place.run(&["keys", "revoke", "none"]).code(3);
    place.run(&["keys", "create", "--name", "x", "--scope", "everything"]).code(2);
}

#[test]
fn an_address_that_others_reach_needs_a_key() {
    let place = Workplace::indexed();
    let refused = place.run(&["serve", "--listen", "0.0.0.0:0"]).code(2);
    assert!(complaint(&refused).contains("tiaokuan keys create"), "{}", complaint(&refused));
}

#[test]
fn config_says_where_a_setting_comes_from() {
    let place = Workplace::new();
    place.write(
        "tiaokuan.toml",
        "listen = \"127.0.0.1:1\"\nno_model = true\nwatch = [\".\"]\n[limits]\nqueue = 3\nhead_s = 2\n",
    );
    let mut command = place.command(&["config", "check", "--json", "--max-queue", "4"]);
    let found = json(&command.env("TIAOKUAN_MAX_HEAD_S", "5").assert().success());
    let of = |key: &str| {
        let setting = found.as_array().unwrap().iter().find(|setting| setting["key"] == key).unwrap();
        (setting["value"].to_string(), setting["origin"].as_str().unwrap().to_owned())
    };
    assert_eq!(of("listen"), ("\"127.0.0.1:1\"".into(), "tiaokuan.toml".into()));
    assert_eq!(of("limits.queue"), ("4".into(), "flag".into()));
    assert_eq!(of("limits.head_s"), ("5".into(), "environment".into()));
    assert_eq!(of("limits.drain_s"), ("30".into(), "default".into()));
    assert_eq!(of("watch"), ("[\".\"]".into(), "tiaokuan.toml".into()));
    assert_eq!(of("read_only"), ("false".into(), "default".into()));
    assert_eq!(of("no_model"), ("true".into(), "flag".into()));
}

#[test]
fn a_wrong_configuration_is_said_and_not_used() {
    for (text, named) in [
        ("listem = \"127.0.0.1:1\"", "listem"),
        ("listen = \"here\"", "listen"),
        ("cors_origins = [\"*\"]", "cors_origins"),
        ("[limits]\nhead_s = 0", "head_s"),
        ("watch = [\"no-such-folder\"]", "watch"),
        ("read_only = true\nwatch = [\".\"]", "watch"),
        ("read_only = 1", "read_only"),
        ("log = \"tiaokuan=loudly\"", "log"),
        ("log_format = \"xml\"", "log_format"),
        ("public_url = \"policy.example.cn\"", "public_url"),
    ] {
        let place = Workplace::new();
        place.write("tiaokuan.toml", text);
        let refused = place.run(&["config", "check"]).code(2);
        assert!(complaint(&refused).contains(named), "{text}: {}", complaint(&refused));
    }
}

#[test]
fn what_config_shows_is_a_configuration() {
    let place = Workplace::new();
    let shown = place.run(&["config", "show", "--rate-per-second", "7"]).success();
    place.write("tiaokuan.toml", &shown.get_output().stdout);
    let again = place.run(&["config", "show"]).success();
    assert_eq!(again.get_output().stdout, shown.get_output().stdout);
}

#[test]
fn doctor_finds_what_is_missing_and_says_what_to_do() {
    let place = Workplace::new();
    let ill = place.run(&["doctor", "--listen", "127.0.0.1:0", "--json"]).code(1);
    let finding = |done: &assert_cmd::assert::Assert, check: &str| {
        let found = json(done);
        found.as_array().unwrap().iter().find(|finding| finding["check"] == check).unwrap().clone()
    };
    assert_eq!(finding(&ill, "index")["advice"], "run `tiaokuan index PATH`");
    let place = Workplace::indexed();
    let well = place.run(&["doctor", "--listen", "127.0.0.1:0", "--json"]).success();
    assert_eq!(finding(&well, "index")["ok"], true);
    place.run(&["keys", "create", "--name", "x"]).success();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let keys = place.data().join("keys.toml");
        std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644)).unwrap();
        let ill = place.run(&["doctor", "--listen", "127.0.0.1:0", "--json"]).code(1);
        assert!(finding(&ill, "keys")["advice"].as_str().unwrap().starts_with("chmod 600"));
    }
    std::fs::remove_dir_all(place.data().join("generations")).unwrap();
    let text =
        String::from_utf8(place.run(&["doctor", "--listen", "127.0.0.1:0"]).get_output().stdout.clone());
    assert!(text.unwrap().contains("✗ index"));
}

/// Spans leave in batches, every some seconds: a service that ends must not keep the last ones.
#[cfg(feature = "otlp")]
#[test]
fn the_last_spans_are_sent_before_the_end() {
    use std::io::{Read as _, Write as _};

    let collector = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", collector.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = collector.accept().unwrap();
        let mut begun = [0; 4096];
        let length = stream.read(&mut begun).unwrap();
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
        String::from_utf8_lossy(&begun[..length]).into_owned()
    });
    let place = Workplace::indexed();
    let variables =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", address.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "600000")];
    let mut service = crate::service::Service::start_with(&place, &variables);
    service.get("/v1/search?q=%E5%AE%A1%E6%89%B9");
    assert!(!heard.is_finished(), "it was to wait for more");
    assert!(service.end());
    assert!(heard.join().unwrap().starts_with("POST /v1/traces"));
}
