using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Launchpad.Local.Demo;

/// <summary>An operation as the API tells it.</summary>
public sealed record Operation(string Id, string Status, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, string? Result, Failure? Failure,
    Step[] Steps)
{
    public bool IsFinished => Status is "succeeded" or "failed";
}

public sealed record Step(string Name, string Title, string Status, int Attempt, DateTimeOffset? StartedAt, long? DurationMs, string? Detail,
    string? Code);

public sealed record Failure(string Code, string Message, string Step, string[] Undone, string Next);

public sealed record DeploymentState(string Id, string Status, string? Url, int? ActiveVersion, int? LastKnownGood, string? Operation,
    string? LastOperation);

/// <summary>The API refused; the message is the problem's own.</summary>
public sealed class RefusedException(HttpStatusCode status, string problem) : Exception($"{(int)status}: {problem}")
{
    public HttpStatusCode Status { get; } = status;
}

/// <summary>A customer who knows nothing but the public API and the checkout page.</summary>
public sealed class Customer : IDisposable
{
    public const string GoodCard = "4242 4242 4242 4242";

    private readonly Proving proving;
    private readonly HttpClient api;

    private Customer(Uri root)
    {
        proving = new(root, new SocketsHttpHandler { AllowAutoRedirect = false });
        api = new(proving) { BaseAddress = root, Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <param name="controlPlane">http://host:port of the control plane.</param>
    public static Customer Of(Uri controlPlane) => new(new Uri(controlPlane, "api/"));

    public HttpClient Api => api;

    public async Task SignUpAsync(string email, string password, CancellationToken ct)
    {
        using var answer = await SendAsync(HttpMethod.Post, "auth/signup", new { email, password }, ct);
        var token = answer.RootElement.GetProperty("token").GetString();
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        proving.Password = password;
    }

    /// <summary>Orders a bot; the answer is the deployment's id.</summary>
    public async Task<string> OrderAsync(object order, CancellationToken ct)
    {
        using var answer = await SendAsync(HttpMethod.Post, "deployments", order, ct);
        return answer.RootElement.GetProperty("id").GetString()!;
    }

    public async Task<Uri> CheckoutAsync(string deployment, CancellationToken ct)
    {
        using var answer = await SendAsync(HttpMethod.Post, "billing/checkout", new { deployment }, ct);
        return new Uri(answer.RootElement.GetProperty("url").GetString()!);
    }

    /// <summary>Fills the page in and sends it. True when the page leads back to the shop.</summary>
    public async Task<bool> PayAsync(Uri page, string card, CancellationToken ct)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["email"] = "ada@example.com",
            ["cardNumber"] = card,
            ["cardExpiry"] = "12 / 40",
            ["cardCvc"] = "123",
            ["billingName"] = "Ada Lovelace",
        });
        using var answer = await api.PostAsync(page, form, ct);
        return answer.StatusCode is HttpStatusCode.SeeOther;
    }

    public async Task<DeploymentState> DeploymentAsync(string id, CancellationToken ct) =>
        await GetAsync<DeploymentState>($"deployments/{id}", ct);

    /// <summary>With the steps that have begun; the API also tells those to come.</summary>
    public async Task<Operation> OperationAsync(string id, CancellationToken ct)
    {
        var operation = await GetAsync<Operation>($"operations/{id}", ct);
        return operation with { Steps = [.. operation.Steps.Where(step => step.StartedAt is not null)] };
    }

    /// <summary>Starts something on a deployment; the answer is the operation's id, or null when nothing had to be done.</summary>
    public async Task<string?> StartAsync(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var answer = await SendAsync(method, path, body, ct);
        return answer.RootElement.ValueKind is JsonValueKind.Object ? answer.RootElement.GetProperty("operation").GetString() : null;
    }

    /// <summary>Waits until a payment has led to an operation, which may be over by then.</summary>
    public async Task<string> BegunAsync(string deployment, CancellationToken ct)
    {
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(LookAgain(since), ct))
        {
            if ((await DeploymentAsync(deployment, ct)).LastOperation is { } operation)
            {
                return operation;
            }
        }
    }

    /// <param name="seen">Told of every step when it changes.</param>
    public async Task<Operation> FinishedAsync(string id, Action<Step>? seen, CancellationToken ct)
    {
        var known = new HashSet<(string, string, string?)>();
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(LookAgain(since), ct))
        {
            var operation = await OperationAsync(id, ct);
            foreach (var step in operation.Steps.Where(step => known.Add((step.Name, step.Status, step.Detail))))
            {
                seen?.Invoke(step);
            }

            if (operation.IsFinished)
            {
                return operation;
            }
        }
    }

    public async Task<string> GatewayTokenAsync(string deployment, CancellationToken ct)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"deployments/{deployment}/gateway-token", null, ct);
        return answer.RootElement.GetProperty("token").GetString()!;
    }

    public async Task<JsonDocument> SendAsync(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await api.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(text.Length == 0 ? "null" : text)
            : throw new RefusedException(answer.StatusCode, text);
    }

    public void Dispose() => api.Dispose();

    /// <summary>The longer something takes, the less it matters to hear of its end at once: each look costs the control plane some reads.</summary>
    private static TimeSpan LookAgain(long since) =>
        TimeSpan.FromMilliseconds(Math.Clamp(Stopwatch.GetElapsedTime(since).TotalMilliseconds / 10, 100, 500));

    private async Task<T> GetAsync<T>(string path, CancellationToken ct)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, ct);
        return answer.RootElement.Deserialize<T>(JsonSerializerOptions.Web)!;
    }
}
