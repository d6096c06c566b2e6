//! The kinds of problem a caller can meet, in the words of both audiences.

/// What one code means.
#[derive(Debug)]
pub(super) struct ProblemText {
    /// Stable code.
    pub(super) code: &'static str,
    /// Kind of problem, in English.
    pub(super) title: &'static str,
    /// Kind of problem, in Chinese.
    pub(super) title_zh: &'static str,
    /// What a person can do, in Chinese.
    pub(super) advice_zh: &'static str,
}

const fn text(
    code: &'static str,
    title: &'static str,
    title_zh: &'static str,
    advice_zh: &'static str,
) -> ProblemText {
    ProblemText { code, title, title_zh, advice_zh }
}

/// What a code without an entry of its own says.
const OTHER: ProblemText =
    text("bad_request", "Request not understood", "请求无法处理", "请检查请求的内容后重试。");

/// Every documented code, in the order of the docs page.
pub(super) const ALL: &[ProblemText] = &[
    text("malformed_json", "Malformed JSON", "JSON 格式有误", "请检查请求正文是否为完整的 JSON。"),
    text("not_utf8", "Text is not UTF-8", "文字编码不是 UTF-8", "请用 UTF-8 编码重新发送。"),
    text("unknown_parameter", "Unknown query parameter", "不认识的参数", "请检查网址中的参数名。"),
    text("invalid_parameter", "Query parameter of the wrong type", "参数的值有误", "请检查网址中参数的值。"),
    OTHER,
    text(
        "host_not_allowed",
        "Host not allowed",
        "不接受这个主机名",
        "请用 http://127.0.0.1 或 http://localhost 加端口访问；其他主机名要写进配置项 allowed_hosts。",
    ),
    text(
        "key_required",
        "Key required",
        "需要密钥",
        "请在 Authorization 头中以 Bearer 方式提交密钥，或先登录。",
    ),
    text("key_invalid", "Key not valid", "密钥无效", "密钥不存在、已作废或已过期，请向管理员索取新的密钥。"),
    text(
        "key_in_url",
        "Key in the address",
        "网址中不能带密钥",
        "网址会留在日志和浏览记录里：请改用 Authorization 头，并作废这个密钥。",
    ),
    text("scope_missing", "Key without this scope", "密钥没有这项权限", "请向管理员申请有这项权限的密钥。"),
    text("cross_origin", "Request from another site", "请求来自其他网站", "请在本站的页面上操作。"),
    text("csrf_token_missing", "Form without its token", "表单已失效", "请回到表单页，刷新后再提交一次。"),
    text("rate_limited", "Too many requests", "请求过于频繁", "请按 Retry-After 头给出的秒数等待后再试。"),
    text(
        "head_too_large",
        "Head of the request too large",
        "请求头过大",
        "请减少请求头，把长的内容放在请求正文里。",
    ),
    text("slow_body", "Body came too slowly", "内容传输过慢", "请检查网络后重新提交。"),
    text(
        "backend_unavailable",
        "Search cluster away",
        "检索集群暂时不可用",
        "检索集群没有应答，请稍后再试；持续出现时请管理员查看 /readyz。",
    ),
    text(
        "too_many_regions",
        "Too many regions at once",
        "地区太多",
        "一次比较的地区太多，请用筛选条件缩小范围。",
    ),
    text("busy", "Too many searches at once", "服务繁忙", "排队的检索太多，请按 Retry-After 头等待后再试。"),
    text("not_found", "Not found", "没有这个页面", "请检查网址，或者从首页重新检索。"),
    text("unknown_clause", "Unknown clause", "没有这个条款", "条款可能已随文件删除或更新，请重新检索。"),
    text(
        "unknown_document",
        "Unknown document",
        "没有这份文件",
        "文件可能已删除，请到“文件”页查看现有文件。",
    ),
    text(
        "uploads_busy",
        "Too many files at once",
        "正在接收的文件太多",
        "请按 Retry-After 头等待后重新提交。",
    ),
    text("disk_full", "Disk full", "磁盘已满", "文件没有收录，索引没有变化；请清理磁盘后重新提交。"),
    text(
        "invalid_as_of",
        "Not a day or a time",
        "日期或时间有误",
        "请写成 2026-11-22 这样的日期，或 2026-11-22T08:00:00+08:00 这样的时间。",
    ),
    text(
        "unknown_version",
        "Unknown version of a document",
        "没有这个版本",
        "请在文件页查看这份文件现有的各个版本。",
    ),
    text(
        "invalid_document_id",
        "Not a document id",
        "文件编号有误",
        "文件编号只能用文字、数字、“-”“_”“.”，最长 200 字节。",
    ),
    text(
        "read_only",
        "Documents are not taken here",
        "这里只供查阅",
        "服务以只读方式运行，请用 tiaokuan index 收录文件。",
    ),
    text(
        "ingestion_busy",
        "Too many documents wait",
        "等待收录的文件过多",
        "请过几秒再提交；已经收下的文件不受影响。",
    ),
    text(
        "index_locked",
        "Another process is writing the index",
        "索引正由另一个程序写入",
        "请等那个程序结束后再试。",
    ),
    text(
        "unknown_measure",
        "Unknown measure",
        "没有这项举措",
        "举措可能已随文件更新，请到举措图谱重新查看。",
    ),
    text(
        "atlas_absent",
        "Index without measures",
        "索引中没有举措图谱",
        "索引由旧版本建立，请重新运行 tiaokuan index。",
    ),
    text("method_not_allowed", "Method not allowed", "不支持这种请求方法", "请查看接口说明中允许的方法。"),
    text(
        "body_too_large",
        "Request body too large",
        "提交的内容过大",
        "请减少内容后再试：一般不超过 1 MB，批量不超过 32 MB，文件不超过 64 MB。",
    ),
    text(
        "unsupported_media_type",
        "Unsupported media type",
        "不支持的内容类型",
        "请以 application/json 提交。",
    ),
    text(
        "too_many_items",
        "Too many items in one batch",
        "一次提交的条目过多",
        "一次最多 20000 条，请分几次提交。",
    ),
    text("line_too_long", "Item too long", "条目过长", "每个条目不超过 256 KB，请缩短后再试。"),
    text("missing_field", "Missing field", "缺少必填字段", "请补全必填字段。"),
    text("unknown_field", "Unknown field", "不认识的字段", "请检查字段名。"),
    text("wrong_type", "Wrong type", "字段类型有误", "请检查字段的类型和取值。"),
    text("empty_query", "Empty query", "没有检索内容", "请输入要检索的词语或问题。"),
    text("query_too_long", "Query too long", "检索内容过长", "请把检索内容缩短到 2000 字以内。"),
    text(
        "unknown_kind",
        "Unknown kind of clause",
        "没有这个类型",
        "类型可以是：举措、目标、保障措施、名单、表格、条文、通知、其他。",
    ),
    text("invalid_query", "Query not understood", "检索式有误", "请检查引号和括号是否成对。"),
    text("text_too_long", "Text too long", "文字过长", "请把文字缩短到 20000 字以内。"),
    text("empty_text", "Empty text", "没有文字", "请贴上一条举措的文字。"),
    text(
        "clause_or_text",
        "Clause or text",
        "条款编号与文字二选一",
        "请给出条款编号或一段文字，只给其中一个。",
    ),
    text(
        "clause_text_or_query",
        "Clause, text or query",
        "条款编号、文字与检索式三选一",
        "请给出条款编号、一段文字或一个检索式，只给其中一个。",
    ),
    text(
        "invalid_candidates",
        "Candidates out of range",
        "候选条数超出范围",
        "每个地区的候选可以是 1 到 3 条。",
    ),
    text("invalid_limit", "Limit out of range", "每页条数超出范围", "每页可以是 1 到 100 条。"),
    text(
        "invalid_per_region",
        "Bound per region out of range",
        "每个地区的条数超出范围",
        "每个地区可以是 1 到 100 条。",
    ),
    text("invalid_min_relevance", "Relevance out of range", "相关度超出范围", "相关度应在 0 到 1 之间。"),
    text("invalid_min_regions", "Number of regions out of range", "地区数超出范围", "地区数至少是 1。"),
    text("invalid_cursor", "Invalid cursor", "翻页位置已失效", "索引或检索条件已变化，请回到第一页。"),
    text("invalid_date", "Invalid date", "日期有误", "请按 2022-03-25 的格式填写日期。"),
    text("invalid_year", "Invalid year", "年份有误", "请填写四位数的年份。"),
    text(
        "unknown_region",
        "Unknown region",
        "没有这个地区",
        "请填写地区的全称或六位区划代码，例如“相山区”或“340603”。",
    ),
    text("unknown_domain", "Unknown domain", "没有这个指标领域", "请从指标领域列表中选择。"),
    text("unknown_unit", "Unknown agency", "没有这个单位", "请填写文件中出现的单位名称。"),
    text("invalid_document_id", "Invalid document id", "文件编号有误", "请检查文件编号。"),
    text("invalid_clause_id", "Invalid clause id", "条款编号有误", "请检查条款编号。"),
    text(
        "empty_document",
        "Document without text",
        "文件没有可读的条款",
        "请检查文件是否为空，或是否选错了文件。",
    ),
    text("file_too_large", "File too large", "文件太大", "单个文件最大 64 MiB，请拆分后再试。"),
    text("no_file", "No file", "没有选择文件", "请先选择一份文件，再上传。"),
    text(
        "document_exists",
        "Document exists",
        "已有同名的文件",
        "如果是新版本，请再选一次文件并勾选“作为新版本”；如果是另一份文件，请在“自定编号”里换一个编号。",
    ),
    text("zip_bomb", "Archive unpacks to too much", "压缩包异常", "解压后的内容过大，请检查文件来源。"),
    text("malformed_document", "Damaged document", "文件已损坏", "文件不完整或已损坏，请重新获取。"),
    text("too_many_pages", "Too many pages", "页数太多", "请拆分 PDF 后再试。"),
    text("timed_out", "Reading took too long", "读取超时", "文件过于复杂，请另存为 docx 或纯文本。"),
    text(
        "unsupported_format",
        "Format cannot be read",
        "不支持这种格式",
        "请另存为 docx、带文字层的 PDF、网页、Markdown 或纯文本。",
    ),
    text("encrypted_document", "Encrypted document", "文件已加密", "请去除密码后再试。"),
    text(
        "scanned_document",
        "Scanned document",
        "文件是扫描件",
        "请先做文字识别（OCR），再上传 docx 或 PDF。",
    ),
    text(
        "unmapped_text",
        "Text without characters",
        "文字无法识别",
        "PDF 没有文字编码，请换一份或另存为 docx。",
    ),
    text("too_many_clauses", "Too many measures", "条款太多", "一次最多对照审查 1,000 条，请分成几部分。"),
    text("no_generation", "No index yet", "索引还没有建好", "正在建立索引，请稍候刷新。"),
    text("model_absent", "Model absent", "语义检索未启用", "本机没有语义模型，请改用“关键词”方式检索。"),
    text(
        "model_mismatch",
        "Index made with another model",
        "语义检索未启用",
        "索引是用另一个语义模型建立的，请用现在的模型重新运行 tiaokuan index。",
    ),
    text("timeout", "Timed out", "处理超时", "服务繁忙，请稍后重试。"),
    text("internal", "Internal error", "服务出了问题", "这是程序的缺陷，请把下面的请求编号告诉管理员。"),
];

/// What `code` means.
pub(super) fn for_code(code: &str) -> &'static ProblemText {
    ALL.iter().find(|text| text.code == code).unwrap_or(&OTHER)
}
