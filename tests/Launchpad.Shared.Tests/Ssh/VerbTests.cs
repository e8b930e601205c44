using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Tests.Ssh;

/// <summary>What a verb puts on the wire and makes of what comes back.</summary>
[Collection(VmServerCollection.Name)]
public sealed class VerbTests(VmServer server)
{
    [Fact]
    public async Task A_verb_sends_its_document_and_reports_every_step()
    {
        await server.DoUnreadAsync($"cat >document; step one; step two; {VmServer.Answer}");
        using var program = server.Program();
        List<string> steps = [];

        Assert.Equal("done", await server.AskAsync(program, step: step => steps.Add(step.Name)));

        Assert.Equal(["one", "two"], steps);
        Assert.Equal("""{"deployment":"dep_1","request":"req_1"}""", await File.ReadAllTextAsync(server.PathOf("document")));
    }

    [Fact]
    public async Task A_verb_whose_word_an_older_entry_script_does_not_admit_is_named_in_the_document_of_one_that_it_does()
    {
        await server.DoUnreadAsync($$$"""
            case $SSH_ORIGINAL_COMMAND in
              'launchpad-vm '*' facts') cat >document; {{{VmServer.Answer}}} ;;
              *) line '{"event":"result","ok":false,"error":{"code":"invalid-request","message":"m","retryable":false}}' ;;
            esac
            """);
        using var program = server.Program();

        Assert.Equal("done", await server.AskAsync(program));

        Assert.Equal(
            """{"call":{"verb":"pair-browser","request":{"deployment":"dep_1","request":"req_1"}}}""",
            await File.ReadAllTextAsync(server.PathOf("document")));
    }

    [Fact]
    public async Task A_program_of_many_megabytes_arrives_whole_where_it_is_missing()
    {
        File.Delete(server.PathOf("installed"));
        await server.DoUnreadAsync($$$"""
            case $SSH_ORIGINAL_COMMAND in
              'launchpad-vm install '*) sha256sum | cut -d' ' -f1 >installed; result '{}' ;;
              *) cat >/dev/null
                 if [ -e installed ]; then {{{VmServer.Answer}}}
                 else line '{"event":"result","ok":false,"error":{"code":"program-missing","message":"m","retryable":true}}'; fi ;;
            esac
            """);
        using var program = server.Program();

        Assert.Equal("done", await server.AskAsync(program));

        Assert.Equal(server.ProgramSha256, (await File.ReadAllTextAsync(server.PathOf("installed"))).Trim());
    }

    [Fact]
    public async Task A_program_that_stops_taking_what_is_sent_leaves_its_own_answer()
    {
        await server.DoUnreadAsync("""
            case $SSH_ORIGINAL_COMMAND in
              'launchpad-vm install '*)
                 head -c 5000000 >/dev/null
                 line '{"event":"result","ok":false,"error":{"code":"program-rejected","message":"full","retryable":true}}' ;;
              *) cat >/dev/null; line '{"event":"result","ok":false,"error":{"code":"program-missing","message":"m","retryable":true}}' ;;
            esac
            """);
        using var program = server.Program();

        Assert.Equal(VmErrorCode.ProgramRejected, (await server.FailsAsync(program)).Code);
    }

    [Fact]
    public async Task An_answer_given_without_reading_counts()
    {
        await server.DoUnreadAsync(VmServer.Answer);
        using var program = server.Program();
        for (var round = 0; round < 20; round++)
        {
            Assert.Equal("done", await server.AskAsync(program));
        }
    }

    [Theory]
    [InlineData("exit 0", VmErrorCode.ConnectionFailed, true)]
    [InlineData("exit 3", VmErrorCode.ConnectionFailed, true)]
    [InlineData("exec 0<&-; exit 0", VmErrorCode.ConnectionFailed, true)]
    [InlineData("kill -KILL $$", VmErrorCode.ConnectionFailed, true)]
    [InlineData("echo hello", VmErrorCode.ProtocolViolation, false)]
    [InlineData("""line '{"event":"other"}'""", VmErrorCode.ProtocolViolation, false)]
    [InlineData("""result '{"request":"x"}'; step late""", VmErrorCode.ProtocolViolation, false)]
    [InlineData("""result '{"other":"x"}'""", VmErrorCode.ProtocolViolation, false)]
    [InlineData("head -c 20000000 /dev/zero", VmErrorCode.ProtocolViolation, false)]
    [InlineData("yes '{\"event\":\"alive\"}'", VmErrorCode.ProtocolViolation, false)]
    [InlineData("head -c 20000000 /dev/zero >&2; sleep 9", VmErrorCode.ProtocolViolation, false)]
    public async Task Whatever_the_program_does_is_a_failure_with_a_code(string script, string code, bool retryable)
    {
        foreach (var prepare in (Func<string, Task>[])[server.DoAsync, server.DoUnreadAsync])
        {
            await prepare(script);
            using var program = server.Program();
            var failure = await server.FailsAsync(program);
            Assert.Equal((code, retryable), (failure.Code, failure.Retryable));
        }
    }

    [Fact]
    public async Task Whoever_sends_too_much_is_cut_off_while_its_listener_is_still_busy()
    {
        await server.DoAsync("echo $$ >left.pid; step one; exec yes '{\"event\":\"alive\"}'");
        using var program = server.Program();

        var failure = await server.FailsAsync(program, step: _ => server.IsGoneAsync("left.pid").GetAwaiter().GetResult());

        Assert.Equal(VmErrorCode.ProtocolViolation, failure.Code);
    }
}
