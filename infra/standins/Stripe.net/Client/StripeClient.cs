using System.Net;
using System.Text.Json;
using Stripe.Infrastructure;

namespace Stripe;

/// <summary>One account's connection to the API: builds requests, reads answers, turns everything but 200 into an exception.</summary>
public class StripeClient : IStripeClient
{
    public StripeClient(StripeClientOptions options)
    {
        // Cloned: the caller's object may change later, the client may not.
        options = options?.Clone() ?? new StripeClientOptions();

        if (options.ApiKey is { Length: 0 })
        {
            throw new ArgumentException("API key cannot be the empty string.", nameof(StripeClientOptions.ApiKey));
        }

        if (options.ApiKey is not null && options.ApiKey.Any(char.IsWhiteSpace))
        {
            throw new ArgumentException("API key cannot contain whitespace.", nameof(StripeClientOptions.ApiKey));
        }

        ApiKey = options.ApiKey;
        ApiBase = options.ApiBase ?? DefaultApiBase;
        HttpClient = options.HttpClient ?? new SystemNetHttpClient();
    }

    public static string DefaultApiBase => "https://api.stripe.com";

    public string ApiBase { get; }

    public string ApiKey { get; }

    public IHttpClient HttpClient { get; }

    public async Task<T> RequestAsync<T>(
        HttpMethod method,
        string path,
        BaseOptions options,
        RequestOptions requestOptions,
        CancellationToken cancellationToken = default)
        where T : IStripeEntity
    {
        var request = new StripeRequest(this, method, path, options, requestOptions);
        var response = await HttpClient.MakeRequestAsync(request, cancellationToken).ConfigureAwait(false);

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Error(response);
        }

        T entity;
        try
        {
            entity = JsonSerializer.Deserialize<T>(response.Content, StripeJson.Options);
        }
        catch (JsonException)
        {
            throw Invalid(response);
        }

        entity.StripeResponse = response;
        return entity;
    }

    private static StripeException Error(StripeResponse response)
    {
        StripeError error;
        try
        {
            using var document = JsonDocument.Parse(response.Content);
            if (!document.RootElement.TryGetProperty("error", out var element))
            {
                return Invalid(response);
            }

            // OAuth answers with {"error": "code", "error_description": …}, everything else with {"error": {…}}.
            error = element.ValueKind == JsonValueKind.String
                ? document.RootElement.Deserialize<StripeError>(StripeJson.Options)
                : element.Deserialize<StripeError>(StripeJson.Options);
        }
        catch (JsonException)
        {
            return Invalid(response);
        }

        error.StripeResponse = response;
        return new StripeException(response.StatusCode, error, error.Message ?? error.ErrorDescription) { StripeResponse = response };
    }

    private static StripeException Invalid(StripeResponse response) =>
        new(response.StatusCode, null, $"Invalid response object from API: \"{response.Content}\"") { StripeResponse = response };
}
