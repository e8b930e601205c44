using System.Net;
using System.Text;

namespace Launchpad.Local.FrontDoor;

/// <summary>What a visitor gets where a bot should have been.</summary>
public static class Page
{
    private const int HeadBytesMax = 64 * 1024;
    private static readonly TimeSpan HeadMax = TimeSpan.FromSeconds(10);

    /// <summary>Reads the request first: an answer to a question nobody has read yet is lost when the connection closes over it.</summary>
    public static async Task AnswerAsync(Stream visitor, int status, string title, string explanation, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(HeadMax);
        await ReadHeadAsync(visitor, patience.Token);
        var body = Encoding.UTF8.GetBytes(Html(title, explanation));
        var head = $"HTTP/1.1 {status} {(HttpStatusCode)status}\r\nContent-Length: {body.Length}\r\n"
            + "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
        await visitor.WriteAsync(Encoding.ASCII.GetBytes(head), patience.Token);
        await visitor.WriteAsync(body, patience.Token);
    }

    private static async Task ReadHeadAsync(Stream visitor, CancellationToken cancellationToken)
    {
        var head = new byte[HeadBytesMax];
        var read = 0;
        int more;
        while (read < head.Length && (more = await visitor.ReadAsync(head.AsMemory(read), cancellationToken)) > 0)
        {
            read += more;
            if (head.AsSpan(0, read).IndexOf("\r\n\r\n"u8) >= 0)
            {
                return;
            }
        }
    }

    private static string Html(string title, string explanation) =>
        $$"""
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{WebUtility.HtmlEncode(title)}}</title>
        <style>body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 20vh auto; padding: 0 1.5rem }</style>
        <h1>{{WebUtility.HtmlEncode(title)}}</h1>
        <p>{{WebUtility.HtmlEncode(explanation)}}</p>
        </html>

        """;
}
