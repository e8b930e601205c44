using System.Net.Http.Json;
using System.Text.Json;
using MimeKit;

namespace Launchpad.EndToEnd.Tests;

public sealed partial class Stack
{
    /// <summary>The text of a letter as it stands in the pocket cloud's mailbox, in lines that are whole again, as soon as it has come.</summary>
    public async Task<string> LetterAsync(string to, string subject)
    {
        var mail = $"http://127.0.0.1:{Ports.Admin}/mail";
        for (var ct = Within(1); ; await Task.Delay(300, ct))
        {
            var list = await admin.GetFromJsonAsync<JsonElement>(new Uri($"{mail}?to={Uri.EscapeDataString(to)}"), ct);
            var found = list.EnumerateArray().FirstOrDefault(entry => entry.GetProperty("subject").GetString() == subject);
            if (found.ValueKind is JsonValueKind.Object)
            {
                await using var text = await admin.GetStreamAsync(new Uri($"{mail}/{found.GetProperty("id").GetString()}"), ct);
                return (await MimeMessage.LoadAsync(text, ct)).TextBody!;
            }
        }
    }
}
