using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Stripe;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>The pocket Stripe and the official clients speak one release of the API. A newer client fails here, loudly, and not in a
/// webhook that nobody understands.</summary>
public sealed class ApiVersionTests(StripeStack stack) : IClassFixture<StripeStack>
{
    [Fact]
    public async Task A_webhook_is_of_the_release_that_the_official_client_expects()
    {
        var heard = await HeardAsync();

        // The strict way, which refuses an event of another release.
        var read = EventUtility.ConstructEvent(
            heard.Body, heard.Signature, stack.WebhookSecret, 300, stack.Time.GetUtcNow().ToUnixTimeSeconds());

        Assert.Equal(StripeConfiguration.ApiVersion, read.ApiVersion);
    }

    [Fact]
    public async Task A_request_is_answered_in_the_version_that_it_asks_for_or_else_in_the_accounts()
    {
        var account = StripeConfiguration.ApiVersion;
        var release = account.Split('.')[1];

        Assert.Equal((HttpStatusCode.OK, account), await AskedAsync(null));
        Assert.Equal((HttpStatusCode.OK, account), await AskedAsync(account));
        Assert.Equal((HttpStatusCode.OK, $"2026-11-25.{release}"), await AskedAsync($"2026-11-25.{release}"));
        foreach (var other in (string[])["2026-05-27.dahlia", "2024-06-20", "newest", "2026-10-28.endive; x"])
        {
            Assert.Equal((HttpStatusCode.BadRequest, account), await AskedAsync(other));
        }
    }

    [Fact]
    public async Task An_endpoint_is_told_in_its_own_version()
    {
        var endpoints = new WebhookEndpointService(stack.Sdk);
        var version = "2026-12-16." + StripeConfiguration.ApiVersion.Split('.')[1];
        var url = $"http://127.0.0.1:{stack.Context.Ports.ControlPlane}/own";
        var refused = await Assert.ThrowsAsync<StripeException>(() => endpoints.CreateAsync(
            new() { Url = url, EnabledEvents = ["product.created"], ApiVersion = "2024-06-20" }));
        Assert.Equal("api_version", refused.StripeError.Param);

        var endpoint = await endpoints.CreateAsync(new() { Url = url, EnabledEvents = ["product.created"], ApiVersion = version });
        await new ProductService(stack.Sdk).CreateAsync(new() { Name = "Told in its own version" });
        var heard = await stack.Merchant.NextAsync("product.created", "Told in its own version");
        await endpoints.DeleteAsync(endpoint.Id);

        Assert.Equal(version, JsonDocument.Parse(heard.Body).RootElement.GetProperty("api_version").GetString());
    }

    [Fact]
    public async Task Every_field_of_an_answer_is_one_that_the_official_client_knows()
    {
        await HeardAsync();
        await stack.Refunds.RefundAsync(await stack.BuyAsync(), DateTimeOffset.MinValue, endedAt: null, default);
        List<string> unknown = [];
        foreach (var path in (string[])
        [
            "customers", "products", "prices", "checkout/sessions", "subscriptions?status=all", "invoices", "payment_intents",
            "invoice_payments", "refunds", "subscriptions/search?query=status:'active'", "webhook_endpoints", "events?limit=100",
        ])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/" + path);
            using var answer = await stack.SendAsync(request);
            var items = (await StripeCalls.ReadAsync(answer)).GetProperty("data").EnumerateArray().ToList();
            Assert.NotEmpty(items);
            items.ForEach(item => Compare(item, typeof(StripeEntity), path, unknown));
        }

        Assert.Empty(unknown.Distinct());
    }

    private async Task<Heard> HeardAsync()
    {
        if (stack.Merchant.All.FirstOrDefault(heard => heard.Type == "invoice.paid") is { } known)
        {
            return known;
        }

        await stack.BuyAsync();
        return await stack.Merchant.NextAsync("invoice.paid");
    }

    private async Task<(HttpStatusCode Status, string Version)> AskedAsync(string? version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/customers");
        if (version is not null)
        {
            request.Headers.TryAddWithoutValidation("Stripe-Version", version);
        }

        using var answer = await stack.SendAsync(request);
        return (answer.StatusCode, answer.Headers.GetValues("Stripe-Version").Single());
    }

    /// <summary>Follows the classes that the client reads an answer into: a field without a property is one of another release.</summary>
    private static void Compare(JsonElement json, Type type, string path, List<string> unknown)
    {
        if (json.ValueKind is JsonValueKind.Array)
        {
            var element = type.IsGenericType ? type.GetGenericArguments()[0] : typeof(StripeEntity);
            json.EnumerateArray().ToList().ForEach(item => Compare(item, element, path + "[]", unknown));
        }

        if (json.ValueKind is not JsonValueKind.Object || type.IsAssignableTo(typeof(System.Collections.IDictionary)))
        {
            return;
        }

        if (json.TryGetProperty("object", out var kind) && kind.ValueKind is JsonValueKind.String
            && StripeTypeRegistry.ObjectsToTypes.TryGetValue(kind.GetString()!, out var named))
        {
            type = named;
        }
        else if (type.IsGenericType && type.Name.StartsWith("ExpandableField", StringComparison.Ordinal))
        {
            type = type.GetGenericArguments()[0];
        }

        if (type == typeof(object) || type == typeof(JsonElement) || type == typeof(JsonElement?))
        {
            return;
        }

        foreach (var field in json.EnumerateObject())
        {
            if (Property(type, field.Name) is { } property)
            {
                Compare(field.Value, property.PropertyType, $"{path}.{field.Name}", unknown);
            }
            else
            {
                unknown.Add($"{path}.{field.Name} ({type.Name})");
            }
        }
    }

    private static PropertyInfo? Property(Type type, string name) => type
        .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .FirstOrDefault(property => property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name == name);
}
