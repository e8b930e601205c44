using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Launchpad.Local.Models;

/// <summary>A model provider that speaks the OpenAI chat-completions protocol. With OPENAI_API_KEY in its environment it passes
/// calls on to the real one.</summary>
public sealed class ModelService(CloudContext cloud) : CloudService
{
    /// <summary>The secret that holds the key the platform itself calls with.</summary>
    public const string KeySecret = "platform-model-key";
    private static readonly string[] Names = ["launchpad-mini", "launchpad-large"];

    private readonly Provider? _provider = Provider.FromEnvironment();
    private readonly JsonLog _log = new(Path.Combine(cloud.Home.Logs, "models.log"));

    public override string Name => "models";

    public override int Port(Ports ports) => ports.Models;

    public override string? Socket => "models.sock";

    /// <summary>The model a bot should ask for.</summary>
    public static string DefaultModel => Environment.GetEnvironmentVariable("OPENAI_API_KEY") is { Length: > 0 }
        ? Environment.GetEnvironmentVariable("OPENAI_MODEL") ?? "gpt-4.1-mini"
        : Names[0];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        cloud.Vault.Seed(KeySecret, () => "sk-launchpad-" + RandomNumberGenerator.GetHexString(40, lowercase: true));
        return Task.CompletedTask;
    }

    public override void Map(IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup("/v1").AddEndpointFilter(CheckKey);
        if (_provider is not null)
        {
            all.Map("/{**path}", call => _provider.ForwardAsync(call, IsPlatformKey(Key(call.Request))));
            return;
        }

        all.MapGet("/models", () => Results.Json(new { @object = "list", data = Names.Select(Model) }));
        all.MapGet("/models/{name}", (string name) => Names.Contains(name) ? Results.Json(Model(name)) : UnknownModel(name));
        all.MapPost("/chat/completions", CompleteAsync);
    }

    private static object Model(string name) => new { id = name, @object = "model", created = 1735689600, owned_by = "launchpad" };

    private static string Key(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : "";
    }

    private static IResult UnknownModel(string name) =>
        Error(404, $"The model `{name}` does not exist or you do not have access to it.", "model", "model_not_found");

    private static IResult Error(int status, string message, string? param, string? code) =>
        Results.Json(new { error = new { message, type = "invalid_request_error", param, code } }, statusCode: status);

    private async ValueTask<object?> CheckKey(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var key = Key(call.HttpContext.Request);
        return IsPlatformKey(key) || (key.StartsWith("sk-", StringComparison.Ordinal) && key.Length > "sk-".Length)
            ? await next(call)
            : Error(401, key.Length == 0 ? "You didn't provide an API key." : "Incorrect API key provided.", null, "invalid_api_key");
    }

    private bool IsPlatformKey(string key) => cloud.Vault.Value(KeySecret) is { } expected
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(expected));

    private async Task<IResult> CompleteAsync(HttpRequest request)
    {
        JsonDocument document;
        try
        {
            document = await JsonDocument.ParseAsync(request.Body, default, request.HttpContext.RequestAborted);
        }
        catch (JsonException)
        {
            return Error(400, "We could not parse the JSON body of your request.", null, null);
        }

        using (document)
        {
            var body = document.RootElement;
            if (body.ValueKind != JsonValueKind.Object
                || !body.TryGetProperty("model", out var model) || model.ValueKind != JsonValueKind.String)
            {
                return Error(400, "you must provide a model parameter", null, null);
            }

            var name = model.GetString()!;
            if (!Names.Contains(name))
            {
                return UnknownModel(name);
            }

            if (!body.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array
                || messages.GetArrayLength() == 0 || messages.EnumerateArray().Any(message => message.ValueKind != JsonValueKind.Object))
            {
                return Error(400, "Invalid value for 'messages': expected a non-empty array of objects.", "messages", "invalid_type");
            }

            var answer = ChatAnswer.To(body);
            var stream = body.TryGetProperty("stream", out var wanted) && wanted.ValueKind == JsonValueKind.True;
            Log(request, name, stream, answer);
            var reply = new ChatReply(answer, name, cloud.Time.GetUtcNow().ToUnixTimeSeconds());
            return stream ? reply.Stream(WantsUsage(body)) : reply.Whole();
        }
    }

    private static bool WantsUsage(JsonElement body) =>
        body.TryGetProperty("stream_options", out var options) && options.ValueKind == JsonValueKind.Object
        && options.TryGetProperty("include_usage", out var wanted) && wanted.ValueKind == JsonValueKind.True;

    // Who and how much, never what.
    private void Log(HttpRequest request, string model, bool stream, ChatAnswer answer) => _log.Append(new
    {
        at = cloud.Time.GetUtcNow(),
        id = answer.Id,
        key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key(request))))[..8],
        model,
        stream,
        promptTokens = answer.PromptTokens,
        completionTokens = answer.CompletionTokens,
    });
}
