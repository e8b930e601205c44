using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>Asks the bot something, over the same port and with the same token as its owner's clients.</summary>
internal static class ExecTest
{
    private const string TokenSecret = "gateway-token";
    private const int AnswerMax = 256 << 10;
    private static readonly TimeSpan RecentStart = TimeSpan.FromSeconds(10);

    public static async Task<ExecTestResult> RunAsync(ExecTestRequest request)
    {
        try
        {
            return await AskAsync(request);
        }
        catch (VmFailure failure) when (failure.Code is VmErrorCode.BotFailed or VmErrorCode.NotRunning
            && Volume.Storage(Paths.Of(request.Deployment)) is { FreeMb: 0 } full)
        {
            throw new VmFailure(
                VmErrorCode.NoSpace,
                $"{failure.Message} Its volume of {full.SizeMb} MB is full. Free space on it, or choose a larger plan.",
                retryable: false);
        }
    }

    private static async Task<ExecTestResult> AskAsync(ExecTestRequest request)
    {
        var state = Health.Find(request.Deployment);
        var token = Secrets.Read(Paths.Of(request.Deployment), TokenSecret)
            ?? throw new VmFailure(
                VmErrorCode.SecretsMissing, "The machine was restarted, and the bot has not been brought up again yet.", retryable: false);
        await EnsureRunningAsync(request.Deployment, TimeSpan.Zero);

        var clock = Stopwatch.StartNew();
        using var bot = new Bot(state);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(request.TimeoutSeconds));
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = Chat(request.Text) };
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        try
        {
            using var response = await bot.Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            var text = await ReadAsync(response, deadline.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw Failed($"The bot answered {(int)response.StatusCode}.", retryable: (int)response.StatusCode >= 500);
            }

            return new ExecTestResult(Answer(text), clock.ElapsedMilliseconds);
        }
        catch (OperationCanceledException)
        {
            throw Failed($"The bot did not answer within {request.TimeoutSeconds} s.", retryable: true);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // The token is in the request, never in these messages.
            await EnsureRunningAsync(request.Deployment, RecentStart);
            throw Failed($"The bot's port does not answer: {error.Message}", retryable: true);
        }
    }

    // A bot that was restarted a moment ago and does not answer is one that keeps ending.
    private static async Task EnsureRunningAsync(string deployment, TimeSpan suspicion)
    {
        using var docker = new DockerEngine();
        var container = await Container.FindAsync(docker, deployment) ?? throw Health.NotFound(deployment);
        var isYoung = container.RestartCount > 0 && DateTimeOffset.UtcNow - container.State.StartedAt < suspicion;
        if (container.State is { Running: true, Restarting: false } && !isYoung)
        {
            return;
        }

        throw container.State.OOMKilled
            ? new VmFailure(VmErrorCode.OutOfMemory, "The bot was ended because it needed more memory than its plan has.", retryable: true)
            : new VmFailure(VmErrorCode.NotRunning, $"The bot is not running (it ended with {container.State.ExitCode}).", retryable: true);
    }

    private static ByteArrayContent Chat(string text)
    {
        var body = new JsonObject
        {
            ["model"] = "openclaw",
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
        };
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[AnswerMax + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return length <= AnswerMax
            ? Encoding.UTF8.GetString(buffer, 0, length)
            : throw Failed("The bot's answer is larger than 256 KB.", retryable: false);
    }

    private static string Answer(string text)
    {
        try
        {
            return JsonNode.Parse(text)?["choices"]?[0]?["message"]?["content"]?.GetValue<string>()
                ?? throw Failed("The bot's answer holds no message.", retryable: true);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw Failed("The bot's answer is not a chat completion.", retryable: true);
        }
    }

    private static VmFailure Failed(string message, bool retryable) => new(VmErrorCode.BotFailed, message, retryable);
}
