using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions.Tests;

public sealed class BodyTests
{
    private static readonly string Deep = string.Concat(Enumerable.Repeat("{\"a\":", 17)) + "1" + new string('}', 17);

    [Theory]
    [InlineData("""{"config":{"a":{},"a":{}}}""", "$.config.a")]
    [InlineData("""{"config":{"l":[1,{"b":1,"\u0062":2}]}}""", "$.config.l[1].b")]
    [InlineData("""{"a":1,"a":2}""", "$.a")]
    public async Task A_name_that_stands_twice_is_refused_with_its_path(string json, string path) =>
        Assert.Contains(path, (await RefusedAsync<JsonObject>(400, json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"email":"a","Email":"b"}""", "$.Email")]
    [InlineData("""{"email":"a","e-mail":"b"}""", "'e-mail'")]
    [InlineData("""{"email":1}""", "'email' has to be text")]
    [InlineData("""{"password":{"a":"b"}}""", "'password' has to be text")]
    public async Task A_typed_body_is_refused_with_the_member_that_is_wrong(string json, string said) =>
        Assert.Contains(said, (await RefusedAsync<Credentials>(400, json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"pinned":null}""", "'pinned' has to be true or false")]
    [InlineData("""{"pinned":"true"}""", "'pinned' has to be true or false")]
    public async Task A_switch_is_true_or_false(string json, string said) =>
        Assert.Contains(said, (await RefusedAsync<UpdatePolicy>(400, json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"version":1.5}""")]
    [InlineData("""{"version":99999999999}""")]
    [InlineData("""{"version":"1"}""")]
    public async Task A_number_is_a_whole_number(string json) => Assert.Contains(
        "'version' has to be a whole number", (await RefusedAsync<RollBackTo>(400, json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("\ufeff", "empty")]
    [InlineData("null", "JSON object")]
    [InlineData("[]", "JSON object")]
    [InlineData("\"{}\"", "JSON object")]
    [InlineData("""{"a":1,}""", "trailing comma")]
    [InlineData("""{"a":1}//""", "byte 8")]
    [InlineData("""{/**/}""", "byte 2")]
    [InlineData("""{"a":1""", "line 1")]
    [InlineData("{\n\"a\":\ntru}", "line 3")]
    [InlineData("{}{}", "byte 3")]
    [InlineData("{\"a\":\"\\ud800\"}", "$.a")]
    [InlineData("{\"a\":{\"b\\udc00\":1}}", "$.a")]
    [InlineData("{\"a\":[[\"\\ud83d\"]]}", "$.a[0][0]")]
    public async Task What_is_no_JSON_object_is_refused_in_words_whoever_reads_it(string json, string said)
    {
        var free = (await RefusedAsync<JsonObject>(400, json)).Message;
        Assert.Contains(said, free, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", free, StringComparison.Ordinal);
        Assert.DoesNotContain("reader options", free, StringComparison.Ordinal);
        Assert.Equal(free, (await RefusedAsync<Anything>(400, json)).Message);
    }

    [Fact]
    public async Task Sixteen_levels_are_read_and_the_seventeenth_is_refused_with_its_path()
    {
        Assert.NotNull(await ReadAsync<JsonObject>(Encoding.UTF8.GetBytes(Deep[5..^1])));
        Assert.Contains(
            "deeper than 16 levels, at $" + string.Concat(Enumerable.Repeat(".a", 16)), (await RefusedAsync<JsonObject>(400, Deep)).Message,
            StringComparison.Ordinal);
        Assert.Contains("deeper than 16 levels", (await RefusedAsync<Anything>(400, Deep)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D }, "byte 3")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00 }, "byte 1")]
    [InlineData(new byte[] { 0x7B, 0xC3, 0xB6, 0xC3 }, "byte 4")]
    public async Task Bytes_that_are_not_UTF_8_are_refused_and_named(byte[] bytes, string said)
    {
        var problem = await Assert.ThrowsAsync<ProblemException>(() => ReadAsync<JsonObject>(bytes));
        Assert.Equal(400, problem.Status);
        Assert.Contains("not UTF-8", problem.Message, StringComparison.Ordinal);
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_order_mark_of_UTF_8_is_read_over()
    {
        Assert.Equal("a", (await ReadAsync<Credentials>("\ufeff{\"email\":\"a\"}"u8.ToArray())).Email);
        Assert.Equal(1, (int?)(await ReadAsync<JsonObject>("\ufeff{\"a\":1}"u8.ToArray()))["a"]);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("text/plain", null)]
    [InlineData("application/x-www-form-urlencoded", null)]
    [InlineData("application/json; charset=iso-8859-1", null)]
    [InlineData("application/json; charset=\"utf-16\"", null)]
    [InlineData("application/json", "gzip")]
    public async Task Another_kind_of_content_is_refused(string? type, string? coding)
    {
        var problem = await Assert.ThrowsAsync<ProblemException>(() => ReadAsync<JsonObject>("{}"u8.ToArray(), type, coding));
        Assert.Equal((415, "urn:launchpad:problem:unsupported-media-type"), (problem.Status, problem.Type));
    }

    [Theory]
    [InlineData("application/json; charset=UTF-8")]
    [InlineData("application/json;charset=\"utf-8\"")]
    [InlineData("application/merge-patch+json")]
    public async Task JSON_in_UTF_8_is_read_by_every_name_it_has(string type) =>
        Assert.Empty(await ReadAsync<JsonObject>("{}"u8.ToArray(), type));

    [Fact]
    public async Task A_body_over_the_bound_is_refused_whether_its_length_was_said_or_not()
    {
        var large = Encoding.UTF8.GetBytes($"{{\"a\":\"{new string('x', 65_536)}\"}}");
        Assert.Equal(413, (await Assert.ThrowsAsync<ProblemException>(() => ReadAsync<JsonObject>(large))).Status);
    }

    /// <summary>Pieces of JSON, of what is nearly JSON, and single bytes, in any order.</summary>
    [Fact]
    public void Whatever_the_bytes_are_they_are_read_or_refused()
    {
        var pieces = Gen.OneOf(
            Gen.Elements(
                "{", "}", "[", "]", ":", ",", "\"a\":", "\"a\":{", "\"A\":1,", "{\"config\":{", "\"email\":", "\"version\":", "\"pinned\":",
                "\"x\"",
                "\"\\ud83d\"", "\"\\ud83d\\ude00\"", "\"\\u0000\"", "1", "-0", "1e999", "1.0", "true", "null", "//", "/*", "\ufeff",
                " ", "\n", "\"\":", "\"a.b\":", "\"gateway\":").Select(Encoding.UTF8.GetBytes),
            Gen.Choose(0, 255).Select(value => new[] { (byte)value }));
        var inside = pieces.ListOf().Select(parts => parts.SelectMany(part => part).ToArray());
        var bytes = Gen.OneOf(inside, inside.Select(part => (byte[])[(byte)'{', .. part, (byte)'}']));
        Prop.ForAll(bytes.ToArbitrary(), body => IsHandled<JsonObject>(body, free => Rules.OwnConfig(null, free["config"], [], out _))
                && IsHandled<Credentials>(body, _ => { }) && IsHandled<RollBackTo>(body, _ => { })
                && IsHandled<UpdatePolicy>(body, _ => { }))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3_000).WithEndSize(40));
    }

    [Fact]
    public async Task Names_that_differ_by_case_alone_are_different_ones_in_what_is_free()
    {
        var free = await ReadAsync<JsonObject>("""{"config":{"a":{"c":1,"C":2},"A":3},"Config":4}"""u8.ToArray());
        Assert.Equal("""{"config":{"a":{"c":1,"C":2},"A":3},"Config":4}""", free.ToJsonString());
    }

    /// <summary>Documents that pass, with a few bytes changed.</summary>
    [Fact]
    public void Whatever_a_slip_makes_of_a_body_it_is_read_or_refused()
    {
        var good = Encoding.UTF8.GetBytes(
            """{"email":"ada@exämple.com","version":12,"pinned":true,"config":{"a":[{"b":null},"\ud83d\ude00"],"c":{"d":-1.5e3}}}""");
        var slips = Gen.Zip(Gen.Choose(0, good.Length - 1), Gen.Choose(0, 255)).ListOf();
        Prop.ForAll(slips.ToArbitrary(), changed =>
            {
                var body = good.ToArray();
                foreach (var (at, value) in changed.Take(4))
                {
                    body[at] = (byte)value;
                }

                return IsHandled<JsonObject>(body, free => Rules.OwnConfig(null, free["config"], [], out _)) && IsHandled<Credentials>(body, _ => { });
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    private static bool IsHandled<T>(byte[] body, Action<T> use)
        where T : class
    {
        try
        {
            use(ReadAsync<T>(body).GetAwaiter().GetResult());
            return true;
        }
        catch (ProblemException problem)
        {
            return problem.Status == 400;
        }
    }

    private static Task<ProblemException> RefusedAsync<T>(int status, string json)
        where T : class =>
        RefusedAsync(status, () => ReadAsync<T>(Encoding.UTF8.GetBytes(json)));

    private static async Task<ProblemException> RefusedAsync(int status, Func<Task> read)
    {
        var problem = await Assert.ThrowsAsync<ProblemException>(read);
        Assert.Equal(status, problem.Status);
        return problem;
    }

    private static Task<T> ReadAsync<T>(byte[] body, string? type = "application/json", string? coding = null)
        where T : class
    {
        var request = new DefaultHttpContext().Request;
        (request.ContentType, request.Headers.ContentEncoding, request.Body) = (type, coding, new MemoryStream(body));
        return Bodies.ReadAsync<T>(request, CancellationToken.None);
    }

    private sealed record Anything(JsonNode? A);
}
