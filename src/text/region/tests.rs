use super::*;

fn codes(name: &str) -> Vec<String> {
    RegionTable::builtin().resolve(name).into_iter().map(|region| region.code).collect()
}

fn found(text: &str, context: &str) -> Option<String> {
    RegionTable::builtin().find(text, context).map(|region| region.code)
}

#[test]
fn a_county_carries_its_parents() {
    let region = RegionTable::builtin().by_code("340603").expect("in the table");
    assert_eq!(region.name, "相山区");
    assert_eq!(region.province.as_deref(), Some("安徽省"));
    assert_eq!(region.city.as_deref(), Some("淮北市"));
}

#[test]
fn parents_stop_where_there_are_none() {
    let parents = |code| {
        let region = RegionTable::builtin().by_code(code).expect("in the table");
        (region.province, region.city)
    };
    assert_eq!(parents("000000"), (None, None));
    assert_eq!(parents("340000"), (Some("安徽省".to_owned()), None));
    assert_eq!(parents("3406"), (Some("安徽省".to_owned()), Some("淮北市".to_owned())));
    assert_eq!(parents("110105"), (Some("北京市".to_owned()), None));
    assert_eq!(parents("429004"), (Some("湖北省".to_owned()), None));
}

#[test]
fn names_of_every_kind_resolve() {
    for (name, expected) in [
        ("相山区", "340603"),
        ("相山", "340603"),
        ("安徽", "340000"),
        ("淮北", "340600"),
        ("安徽省淮北市相山区", "340603"),
        ("安徽淮北", "340600"),
        ("偃师市", "410307"),
        ("偃师", "410307"),
        ("340603", "340603"),
        ("34", "340000"),
        ("恩施土家族苗族自治州", "422800"),
        ("内蒙古", "150000"),
        ("新疆", "650000"),
        ("浦东新区", "310115"),
        ("全国", "000000"),
        ("仙桃市", "429004"),
        ("东莞", "441900"),
        ("莱芜市", "370116"),
    ] {
        assert_eq!(codes(name), [expected], "{name}");
    }
    assert_eq!(codes("鼓楼区").len(), 4);
    assert_eq!(codes("徐州市鼓楼区"), ["320302"]);
    assert!(codes("恩施").len() == 2, "the prefecture and the city");
    assert!(codes("没有这个地方").is_empty());
    assert!(codes("").is_empty());
}

#[test]
fn running_text_names_its_region() {
    for (text, expected) in [
        ("洛阳市偃师区营商环境优化提升总体方案", "410307"),
        ("安徽省淮北市相山区人民政府办公室", "340603"),
        ("枣庄市山亭区", "370406"),
        ("山亭区人民政府关于印发山亭区优化营商环境方案的通知", "370406"),
        ("山亭经济开发区管委会", "370406"),
        ("偃师市人民政府关于进一步优化营商环境的意见", "410307"),
        ("国务院关于支持北京市建设国际科技创新中心的意见", "000000"),
        ("财政部 税务总局关于减税的公告", "000000"),
        ("国家税务总局北京市税务局关于纳税服务的通知", "110000"),
        ("北京市人民政府关于贯彻落实国务院文件的通知", "110000"),
        ("河南省实施《中华人民共和国职业教育法》办法", "410000"),
        ("中国（安徽）自由贸易试验区条例", "340000"),
        ("淮北市人民政府关于支持相山区高质量发展的若干意见", "340600"),
        ("安徽淮北相山经济开发区", "340603"),
        ("关于印发《河北雄安新区条例》的通知", "130000"),
        ("长春净月高新技术产业开发区管理委员会", "220172"),
        ("北京市市场监督管理局", "110000"),
        ("吉林省吉林市昌邑区", "220202"),
        ("中共泾县县委办公室", "341823"),
        ("黔东南苗族侗族自治州人民政府", "522600"),
        ("城关区人民政府（甘肃省兰州市）", "620102"),
    ] {
        assert_eq!(found(text, "").as_deref(), Some(expected), "{text}");
    }
    for text in [
        "关于优化营商环境的通知",
        "各地市和县级财政部门",
        "加强合作市场建设",
        "关于贯彻国务院文件的通知",
        "鼓楼区优化营商环境方案",
        "",
    ] {
        assert_eq!(found(text, ""), None, "{text}");
    }
}

#[test]
fn the_document_settles_a_shared_name() {
    let title = "鼓楼区优化营商环境行动方案";
    assert_eq!(found(title, "按照福建省、福州市部署，福州市各局配合").as_deref(), Some("350102"));
    assert_eq!(found(title, "学习上海、深圳；（苏政办发〔2021〕9号）；徐州市").as_deref(), Some("320302"));
    assert_eq!(found(title, "开封市、南京市"), None, "even support settles nothing");
}

#[test]
fn divisions_contain_what_lies_in_them() {
    let region = |code| RegionTable::builtin().by_code(code).expect("in the table");
    let contains = |ancestor, code| RegionTable::contains(&region(ancestor), &region(code));
    assert!(contains("000000", "340603") && contains("340000", "340603") && contains("340600", "340603"));
    assert!(contains("340603", "340603") && contains("420000", "429004"));
    assert!(!contains("340603", "340600") && !contains("340600", "340202") && !contains("340000", "000000"));
}

proptest::proptest! {
    #[test]
    fn any_text_is_searched_without_panic(text in ".{0,60}", context in ".{0,60}") {
        let table = RegionTable::builtin();
        table.find(&text, &context);
        table.resolve(&text);
    }

    #[test]
    fn every_division_resolves_to_itself(index in 0usize..3343) {
        let (code, name) = records(DIVISIONS).nth(index).expect("a row");
        proptest::prop_assert!(codes(name).iter().any(|found| found == code));
    }
}
