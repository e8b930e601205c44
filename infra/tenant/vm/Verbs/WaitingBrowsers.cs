using System.ComponentModel;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Launchpad.Shared.Vms;
using Launchpad.Vm.Backups;
using Microsoft.Win32.SafeHandles;

namespace Launchpad.Vm.Verbs;

/// <summary>Which browsers wait for their owner's word, read from where the bot keeps it: its own program takes seconds to start for the
/// same answer.</summary>
internal static class WaitingBrowsers
{
    private const string Database = "openclaw.sqlite";
    private const string Table = "device_pairing_pending";
    private const int WaitingMax = 20;
    private const int TextMax = 60;

    /// <summary>After which the pinned release forgets one.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private static readonly string Newest =
        $"SELECT request_id, display_name, platform, client_id, max(ts, coalesce(refreshed_at_ms, 0)) AS ts FROM {Table} ORDER BY ts DESC LIMIT {WaitingMax}";

    public static async Task<BrowsersResult> RunAsync(BrowsersRequest request)
    {
        var paths = Paths.Of(request.Deployment);
        if (!Directory.Exists(paths.Data))
        {
            throw Health.NotFound(request.Deployment);
        }

        using var data = Libc.OpenFolder(paths.Data);
        using var folder = Opened(() => Libc.Open(data, "state", Libc.Directory));
        if (folder is null || File(Database) is not { } there)
        {
            return new([]);
        }

        await there.DisposeAsync();
        var rows = await new TenantDatabase($"{paths.Folder}/browsers-{Environment.ProcessId}").AskAsync(Database, File, (Table, Newest, "-json"));
        return new(rows is null ? null : Read(rows));

        FileStream? File(string name) => FileIn(folder, name);
    }

    private static FileStream? FileIn(SafeFileHandle folder, string name)
    {
        if (Opened(() => Libc.Open(folder, name, Libc.ReadOnly | Libc.NonBlocking)) is not { } handle)
        {
            return null;
        }

        var file = new FileStream(handle, FileAccess.Read);
        if (file.CanSeek)
        {
            return file;
        }

        // A pipe, or something else that has no end.
        file.Dispose();
        return null;
    }

    // The bot may be writing there, and may have put anything there: no link is followed.
    private static SafeFileHandle? Opened(Func<SafeFileHandle> open)
    {
        try
        {
            return open();
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The tenant may have written anything there.</summary>
    internal static IReadOnlyList<VmBrowser>? Read(string rows)
    {
        try
        {
            var waiting = rows.Trim().Length == 0 ? [] : JsonSerializer.Deserialize(rows, WaitingJson.Default.WaitingRowArray);
            var oldest = DateTimeOffset.UtcNow - Lifetime;
            return
            [
                .. (waiting ?? [])
                    .Where(row => Guid.TryParseExact(row.Request, "D", out _) && row.At is > 0 and < 253_402_300_800_000)
                    .Select(row => new VmBrowser(row.Request!, Shown(row.Name ?? row.Client), Shown(row.Platform), DateTimeOffset.FromUnixTimeMilliseconds(row.At)))
                    .Where(browser => browser.Since > oldest),
            ];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Shown(string? text)
    {
        var letters = (text ?? "").EnumerateRunes().Where(IsShown).Take(TextMax);
        return string.Concat(letters) is { Length: > 0 } shown ? shown : null;
    }

    // Neither what ends a line nor what turns its direction.
    private static bool IsShown(Rune letter) => Rune.GetUnicodeCategory(letter)
        is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}

/// <param name="At">Milliseconds since 1970.</param>
internal sealed record WaitingRow(
    [property: JsonPropertyName("request_id")] string? Request, [property: JsonPropertyName("display_name")] string? Name,
    [property: JsonPropertyName("platform")] string? Platform, [property: JsonPropertyName("client_id")] string? Client,
    [property: JsonPropertyName("ts")] long At);

[JsonSerializable(typeof(WaitingRow[]))]
internal sealed partial class WaitingJson : JsonSerializerContext;
