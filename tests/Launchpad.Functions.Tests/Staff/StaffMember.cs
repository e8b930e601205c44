using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Staff;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>An operator who is signed in.</summary>
internal sealed class StaffMember(HttpClient http, Operator who) : IDisposable
{
    public Operator Who => who;

    public HttpClient Http => http;

    /// <summary>How one signs in is the affair of <see cref="StaffSignInTests"/>.</summary>
    public static async Task<StaffMember> OfAsync(LaunchpadApi api)
    {
        var who = await api.Service<OperatorStore>().AddAsync($"{Guid.NewGuid():N}@staff.example", "no password leads here", CancellationToken.None);
        var (token, _) = await api.Service<StaffSessions>().OpenAsync(who!, CancellationToken.None);
        var http = new HttpClient { BaseAddress = api.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new(http, who!);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        var (status, body) = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, status);
        return body;
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(
        string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, body, headers);

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(
        HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        Array.ForEach(headers, header => request.Headers.Add(header.Name, header.Value));
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    public void Dispose() => http.Dispose();
}
