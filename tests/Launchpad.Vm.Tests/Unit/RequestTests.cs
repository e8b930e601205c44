extern alias vm;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using vm::Launchpad.Shared.Vms;
using vm::Launchpad.Vm;

namespace Launchpad.Vm.Tests.Unit;

public sealed class RequestTests
{
    private static readonly string s_digest = new('a', 64);

    /// <summary>Every string of apply's document that a grammar guards, by its JSON path.</summary>
    public static TheoryData<string> GuardedFields =>
        ["deployment", "image", "readyPath", "environmentName", "filePath", "secretName", "egress", "host", "issuer", "email", "through"];

    /// <summary>Strings that are data wherever they go.</summary>
    public static TheoryData<string> FreeFields => ["fileContent", "secretValue"];

    [Fact]
    public void A_plain_document_passes() => Assert.Equal("dep_01", Parse(Document()).Deployment);

    [Theory]
    [MemberData(nameof(GuardedFields))]
    public void A_guarded_field_refuses_every_payload(string field)
    {
        foreach (var payload in Payloads.All.Where(payload => !IsHarmless(field, payload)))
        {
            foreach (var value in (string[])[payload, Valid(field) + payload])
            {
                if (payload.Length > 0 && !IsHarmless(field, value))
                {
                    Assert.True(Refuses(With(field, value)), $"{field} accepts {JsonSerializer.Serialize(value)}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(FreeFields))]
    public void A_free_field_carries_every_payload_as_it_is(string field)
    {
        foreach (var payload in Payloads.All.Where(payload => payload.Length > 0))
        {
            var request = Parse(With(field, payload));
            Assert.Equal(payload, field == "fileContent" ? request.Files[0].Content : request.Secrets![0].Value);
        }
    }

    [Fact]
    public void An_environment_value_is_data_except_for_NUL()
    {
        foreach (var payload in Payloads.All)
        {
            var document = Document();
            document["runtime"]!["environment"]!["A"] = payload;
            Assert.Equal(payload.Contains('\0'), Refuses(document));
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"deployment\":null}")]
    [InlineData("{\"deployment\":\"dep_1\",\"deployment\":\"dep_2\"}")]
    [InlineData("{\"deployment\":\"dep_1\",\"waitSeconds\":\"3\"}")]
    [InlineData("{\"deployment\":\"dep_1\",\"waitSeconds\":31}")]
    [InlineData("{\"deployment\":\"dep_1\",\"waitSeconds\":-1}")]
    [InlineData("{\"deployment\":\"dep_1\",\"unknown\":1}")]
    [InlineData("{\"deployment\":\"dep_\\ud800\"}")]
    [InlineData("{\"deployment\":\"dep_1\"} x")]
    public void A_document_that_is_not_exactly_of_the_protocol_is_refused(string document)
    {
        var failure = Assert.Throws<VmFailure>(() => Requests.Parse(Encoding.UTF8.GetBytes(document), VmJson.Default.HealthRequest));
        Assert.Equal((VmErrorCode.InvalidRequest, false), (failure.Code, failure.Retryable));
    }

    [Theory]
    [InlineData("--latest")]
    [InlineData("89c977a2-3700-4972-a7d2-5743945fa340 --token x")]
    [InlineData("89c977a237004972a7d25743945fa340")]
    [InlineData("{89c977a2-3700-4972-a7d2-5743945fa340}")]
    [InlineData("$(id)")]
    [InlineData("")]
    public void A_browsers_request_that_is_no_UUID_never_becomes_an_argument(string request)
    {
        var document = JsonSerializer.SerializeToUtf8Bytes(new PairBrowserRequest("dep_1", request), VmJson.Default.PairBrowserRequest);
        var failure = Assert.Throws<VmFailure>(() => Requests.Parse(document, VmJson.Default.PairBrowserRequest));
        Assert.Equal(VmErrorCode.InvalidRequest, failure.Code);
    }

    [Theory]
    [InlineData("""{"name":"","action":"poll"}""")]
    [InlineData("""{"name":"../x","action":"poll"}""")]
    [InlineData("""{"name":"-x","action":"poll"}""")]
    [InlineData("""{"name":"x\n","action":"poll"}""")]
    [InlineData("""{"name":"x","action":"poll","call":{"verb":"facts","request":{}}}""")]
    [InlineData("""{"name":"x","action":"start"}""")]
    [InlineData("""{"name":"x","action":"start","call":{"verb":"job","request":{"name":"y","action":"poll"}}}""")]
    [InlineData("""{"name":"x","action":"start","call":{"verb":"heartbeat","request":{"vm":"vm_1","url":"http://a/"}}}""")]
    [InlineData("""{"name":"x","action":"poll","from":-1}""")]
    [InlineData("""{"name":"x","action":"poll","waitSeconds":21}""")]
    [InlineData("""{"name":"x","action":9}""")]
    public void A_job_that_is_not_of_the_protocol_is_refused(string document)
    {
        var failure = Assert.Throws<VmFailure>(() => Requests.Parse(Encoding.UTF8.GetBytes(document), VmJson.Default.JobRequest));
        Assert.Equal((VmErrorCode.InvalidRequest, false), (failure.Code, failure.Retryable));
    }

    [Fact]
    public void A_call_does_not_print_what_it_carries() => Assert.DoesNotContain(
        "canary", new VmCall(VmVerb.Apply, JsonDocument.Parse("\"canary\"").RootElement).ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_refusal_does_not_repeat_what_it_refused()
    {
        var document = With("secretName", "Canary Name");
        document["secrets"]![0]!["value"] = "canary-value";
        var failure = Assert.Throws<VmFailure>(() => Parse(document));
        Assert.DoesNotContain("canary", failure.Message, StringComparison.OrdinalIgnoreCase);
        var broken = Encoding.UTF8.GetBytes("{\"deployment\":\"canary\", canary");
        failure = Assert.Throws<VmFailure>(() => Requests.Parse(broken, VmJson.Default.HealthRequest));
        Assert.DoesNotContain("canary", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("127.0.0.1:80")]
    [InlineData("0.0.0.0:80")]
    [InlineData("169.254.169.254:80")]
    [InlineData("168.63.129.16:80")]
    [InlineData("224.0.0.1:80")]
    [InlineData("10.213.0.6:18789")]
    [InlineData("2130706433:80")]
    [InlineData("0x7f.1:80")]
    [InlineData("010.1.1.1:80")]
    [InlineData("1.1:80")]
    [InlineData("example.com:0")]
    [InlineData("example.com:65536")]
    [InlineData("example.com: 80")]
    [InlineData("example.com:+80")]
    [InlineData("example.com")]
    [InlineData(":80")]
    [InlineData("::1:80")]
    [InlineData("*:443")]
    public void An_egress_entry_that_would_open_too_much_is_refused(string entry) =>
        Assert.Throws<VmFailure>(() => EgressRule.Parse(entry));

    [Theory]
    [InlineData(VmVerb.ExecTest, "exec-test")]
    [InlineData(VmVerb.PairBrowser, "pair-browser")]
    [InlineData(VmVerb.Facts, "facts")]
    public void A_verb_is_the_word_on_the_command_line(VmVerb verb, string word) => Assert.Equal(verb, Requests.Verb(word));

    [Fact]
    public void Every_verb_is_a_word_that_entry_scripts_let_through() =>
        Assert.All(Enum.GetValues<VmVerb>(), verb => Assert.Matches("^[a-z][a-z-]{0,31}$", Requests.Word(verb)));

    [Fact]
    public void No_other_word_is_a_verb()
    {
        foreach (var word in Payloads.All.Concat(["Facts", "0", "facts ", "facts,apply"]))
        {
            Assert.Throws<VmFailure>(() => Requests.Verb(word));
        }
    }

    private static bool Refuses(JsonObject document)
    {
        try
        {
            Parse(document);
            return false;
        }
        catch (VmFailure failure)
        {
            return failure is { Code: VmErrorCode.InvalidRequest, Retryable: false };
        }
    }

    // A grammar may well allow a payload that means nothing to it.
    private static bool IsHarmless(string field, string value) => field switch
    {
        "filePath" => value.Split('/').All(segment => segment is not ("" or "." or "..") && segment.Length <= 64
            && segment[0] != '-' && segment.All(IsPlain)),
        "readyPath" => value.StartsWith('/') && !value.Contains("/.", StringComparison.Ordinal)
            && value.All(character => IsPlain(character) || character is '/' or '~'),
        "secretName" => value.Length is > 0 and <= 63 && value[0] != '-' && value.All(IsOfALabel),
        "host" => value.Length <= 63
            && value.Split('.').All(label => label.Length > 0 && label[0] != '-' && label[^1] != '-' && label.All(IsOfALabel)),
        // Read into an enum, whatever spaces are around it.
        "issuer" or "through" => value.Trim() == Valid(field),
        _ => false,
    };

    private static bool IsOfALabel(char character) => char.IsAsciiLetterLower(character) || character == '-';

    private static bool IsPlain(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-';

    private static string Valid(string field) => field switch
    {
        "deployment" => "dep_01",
        "image" => $"127.0.0.1:5055/launchpad/tiny@sha256:{s_digest}",
        "readyPath" => "/readyz",
        "environmentName" => "NAME",
        "filePath" => "a/b.json",
        "secretName" => "token",
        "egress" => "example.com:443",
        "host" => "bot.localhost",
        "issuer" => "internal",
        "email" => "a@example.com",
        "through" => "route",
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    private static JsonObject With(string field, string value)
    {
        var document = Document();
        switch (field)
        {
            case "readyPath": document["runtime"]![field] = value; break;
            case "environmentName": document["runtime"]!["environment"] = new JsonObject { [value] = "x" }; break;
            case "filePath": document["files"]![0]!["path"] = value; break;
            case "fileContent": document["files"]![0]!["content"] = value; break;
            case "secretName": document["secrets"]![0]!["name"] = value; break;
            case "secretValue": document["secrets"]![0]!["value"] = value; break;
            case "egress": document["egress"]![0] = value; break;
            case "host" or "issuer" or "email": document["route"]![field] = value; break;
            default: document[field] = value; break;
        }

        return document;
    }

    private static JsonObject Document() => JsonNode.Parse($$$"""
        { "deployment":"dep_01", "image":"127.0.0.1:5055/launchpad/tiny@sha256:{{{s_digest}}}",
          "limits":{"memoryMb":64,"cpus":0.5,"storageMb":32,"pids":32},
          "runtime":{"port":18789,"readyPath":"/readyz","environment":{"A":"b"}}, "files":[{"path":"a.json","content":"{}"}],
          "secrets":[{"name":"token","value":"x"}], "egress":["10.254.0.1:9000"],
          "route":{"host":"bot.localhost","issuer":"internal","email":null}, "through":"route" }
        """)!.AsObject();

    private static ApplyRequest Parse(JsonObject document) =>
        Requests.Parse(Encoding.UTF8.GetBytes(document.ToJsonString()), VmJson.Default.ApplyRequest);
}
