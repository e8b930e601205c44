namespace Launchpad.Host.Tests;

public sealed class AnswerTests(SharedHost host) : IClassFixture<SharedHost>
{
    [Fact]
    public async Task An_action_result_is_executed_by_MVC()
    {
        using var response = await host.App.Http.GetAsync(new Uri("/api/answers/action", UriKind.Relative));
        Assert.Equal(201, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("""{"plan":"starter","count":2}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_function_may_write_the_answer_itself() =>
        Assert.Equal((202, ""), await host.App.GetAsync("/api/answers/nothing"));

    [Fact]
    public async Task A_plain_object_is_not_written_because_the_real_integration_does_not_write_it_either()
    {
        Assert.Equal((200, ""), await host.App.GetAsync("/api/answers/record"));
        Assert.Contains(host.App.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("AnswerRecord"));
    }

    [Fact]
    public async Task An_unhandled_exception_is_an_empty_500_and_a_line_in_the_log()
    {
        Assert.Equal((500, ""), await host.App.GetAsync("/api/throws"));
        Assert.Contains(
            host.App.Log.Lines,
            line => line.StartsWith("Error Function.Throws: Executed Throws (Failed", StringComparison.Ordinal)
                && line.Contains("a secret place went wrong for GET"));
    }

    [Fact]
    public async Task An_exception_that_middleware_turns_into_an_answer_is_that_answer() =>
        Assert.Equal((404, """{"type":"missing"}"""), await host.App.GetAsync("/api/throws/known"));

    [Fact]
    public async Task An_answer_that_breaks_off_breaks_the_connection()
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => host.App.Http.GetStringAsync(new Uri("/api/throws/late", UriKind.Relative)));
    }

    [Fact]
    public async Task A_part_of_an_answer_arrives_while_the_function_still_runs_and_it_sees_the_caller_go()
    {
        using (var response = await host.App.Http.GetAsync(
            new Uri("/api/answers/parts", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead))
        using (var lines = new StreamReader(await response.Content.ReadAsStreamAsync()))
        {
            for (var part = 1; part <= 3; part++)
            {
                Assert.Equal($"part {part}", await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(5)));
                Assert.DoesNotContain("parts are over", host.App.Journal.Lines);
                host.App.Journal.Write($"got {part}");
            }
        }

        await Eventually.True(() => host.App.Journal.Lines.Contains("parts are over"), "the function has seen its caller go");
    }

    [Fact]
    public async Task A_caller_that_goes_away_cancels_the_invocation_and_fails_nothing()
    {
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => host.App.Http.GetAsync(new Uri("/api/slow/60000", UriKind.Relative), impatient.Token));
        await Eventually.True(
            () => host.App.Log.Lines.Any(line => line.Contains("The caller of Slow went away")), "the invocation was cancelled");
        Assert.DoesNotContain(host.App.Log.Lines, line => line.StartsWith("Error Function.Slow", StringComparison.Ordinal));
    }
}
