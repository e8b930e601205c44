using System.Text.Json;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>Calls that no typed client makes.</summary>
internal static class StripeCalls
{
    public static Task<HttpResponseMessage> SendAsync(this StripeStack stack, HttpRequestMessage request)
    {
        request.Headers.Authorization = new("Bearer", stack.ApiKey);
        return stack.Client.SendAsync(request);
    }

    public static async Task<JsonElement> GetAsync(this StripeStack stack, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var answer = await stack.SendAsync(request);
        return await ReadAsync(answer);
    }

    public static async Task<JsonElement> PostAsync(this StripeStack stack, string path, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        using var answer = await stack.SendAsync(request);
        return await ReadAsync(answer);
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }
}

/// <summary>Waiting for what happens in its own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync<T>(Func<Task<T>> look, Func<T, bool> enough)
    {
        var started = TimeProvider.System.GetTimestamp();
        T seen;
        while (!enough(seen = await look()))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Still {seen} after {Patience}.");
            await Task.Delay(20);
        }
    }
}
