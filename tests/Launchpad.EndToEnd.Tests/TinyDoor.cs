using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Launchpad.Local.Demo;

namespace Launchpad.EndToEnd.Tests;

/// <param name="Boots">How often it was started on this volume.</param>
/// <param name="Messages">How many it was sent on this volume.</param>
public sealed record About(long Boots, long Messages);

/// <summary>The tiny bot at its public address.</summary>
public sealed class TinyDoor(BotDoor door, string token) : IDisposable
{
    public static async Task<TinyDoor> OfAsync(Stack stack, Customer customer, string deployment)
    {
        var state = await customer.DeploymentAsync(deployment, Stack.Within(1));
        return new(new BotDoor(new Uri(state.Url!), stack.CaPath), await customer.GatewayTokenAsync(deployment, Stack.Within(1)));
    }

    public Task<string> AskAsync(string text) => door.AskAsync(text, token, Stack.Within(1));

    public async Task<About> AboutAsync()
    {
        var about = (await door.Http.GetFromJsonAsync<JsonNode>("about", Stack.Within(1)))!;
        return new((long)about["boots"]!, (long)about["messages"]!);
    }

    /// <summary>Waits until it does: what died under a bot has it started again, by itself or by the sweep that finds it down.</summary>
    public async Task AnswersAsync()
    {
        for (var ct = Stack.Within(3); ; await Task.Delay(500, ct))
        {
            try
            {
                await AboutAsync();
                return;
            }
            catch (Exception away) when (away is HttpRequestException or OperationCanceledException)
            {
                ct.ThrowIfCancellationRequested();
            }
        }
    }

    public void Dispose() => door.Dispose();
}

/// <summary>Changes as a customer makes them: on what was read a moment ago.</summary>
public static class Change
{
    public static async Task<Operation> ChangeAsync(
        this Customer customer, string deployment, HttpMethod method, string path, object body, string? seen = null) =>
        await customer.FinishedAsync(await customer.BeginAsync(deployment, method, path, body, seen), null, Stack.Within(5));

    public static async Task<string> BeginAsync(
        this Customer customer, string deployment, HttpMethod method, string path, object body, string? seen = null)
    {
        using var config = await customer.Api.GetAsync(new Uri($"deployments/{deployment}/config", UriKind.Relative), Stack.Within(1));
        using var request = new HttpRequestMessage(method, $"deployments/{deployment}/{path}") { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-Match", seen ?? config.Headers.ETag!.Tag);
        using var answer = await customer.Api.SendAsync(request, Stack.Within(1));
        var text = await answer.Content.ReadAsStringAsync(Stack.Within(1));
        return answer.IsSuccessStatusCode
            ? (string)JsonNode.Parse(text)!["operation"]!
            : throw new RefusedException(answer.StatusCode, text);
    }

    /// <summary>Waits until a step has begun; fails when the operation ends without it.</summary>
    public static async Task SeesAsync(this Customer customer, string operation, string step)
    {
        for (var ct = Stack.Within(3); ; await Task.Delay(200, ct))
        {
            var now = await customer.OperationAsync(operation, ct);
            if (now.Steps.Any(one => one.Name == step))
            {
                return;
            }

            Assert.False(now.IsFinished, $"{operation} ended without {step}: {now.Failure}");
        }
    }

    /// <summary>Waits for a status: what a step does comes after what is seen of its beginning.</summary>
    public static async Task BecomesAsync(this Customer customer, string deployment, string status)
    {
        for (var ct = Stack.Within(1); (await customer.DeploymentAsync(deployment, ct)).Status != status;)
        {
            await Task.Delay(200, ct);
        }
    }

    /// <summary>Those of the names that the operation has a finished step of.</summary>
    public static IEnumerable<string> Names(this Operation operation, params string[] names) =>
        names.Where(name => operation.Steps.Any(step => step.Name == name && step.Status == "done"));
}
