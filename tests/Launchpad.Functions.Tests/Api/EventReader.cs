using System.Text.Json;

namespace Launchpad.Functions.Tests.Api;

/// <summary>Reads server-sent events as a browser does, one by one.</summary>
public sealed class EventReader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpResponseMessage answer;
    private readonly StreamReader lines;

    private EventReader(HttpResponseMessage answer, StreamReader lines) => (this.answer, this.lines) = (answer, lines);

    public string? ContentType => answer.Content.Headers.ContentType?.ToString();

    public static Task<EventReader> OpenAsync(Owner owner, string path, string? lastEventId = null) => OpenAsync(owner.Http, path, lastEventId);

    public static async Task<EventReader> OpenAsync(HttpClient http, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return new EventReader(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
    }

    /// <summary>The next event with an id or data.</summary>
    public async Task<(string? Id, string? Type, JsonElement Data)> NextAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        string? id = null, type = null;
        while (await lines.ReadLineAsync(limit.Token) is { } line)
        {
            var (field, value) = (line.Split(':')[0], line.Contains(": ", StringComparison.Ordinal) ? line.Split(": ", 2)[1] : "");
            switch (field)
            {
                case "id":
                    id = value;
                    break;
                case "event":
                    type = value;
                    break;
                case "data":
                    return (id, type, JsonElement.Parse(value));
            }
        }

        throw new EndOfStreamException("The stream has ended.");
    }

    public async Task<List<(string? Id, string? Type, JsonElement Data)>> TakeAsync(int count)
    {
        var events = new List<(string?, string?, JsonElement)>();
        while (events.Count < count)
        {
            events.Add(await NextAsync());
        }

        return events;
    }

    /// <summary>Reads on to its end.</summary>
    /// <exception cref="OperationCanceledException">When it goes on.</exception>
    public async Task EndsAsync()
    {
        try
        {
            while (true)
            {
                await NextAsync();
            }
        }
        catch (EndOfStreamException)
        {
            // As it has to.
        }
    }

    /// <summary>Goes away as a closed browser does.</summary>
    public void Dispose()
    {
        lines.Dispose();
        answer.Dispose();
    }
}
