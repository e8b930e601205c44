using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Tests.Auth;

/// <summary>Sessions as their rows have them, which are older than a test waits.</summary>
internal static class Sessions
{
    /// <summary>All that happened with it happened earlier.</summary>
    public static async Task AgeAsync(LaunchpadApi api, string token, TimeSpan by)
    {
        var table = api.Service<Tables>().Sessions;
        var hash = Hash(token);
        var row = (await table.FindAsync(hash, "session", CancellationToken.None))!;
        foreach (var name in new[] { "createdAt", "freshAt", "lastUsedAt" })
        {
            if (row.GetDateTimeOffset(name) is { } at)
            {
                row[name] = at - by;
            }
        }

        await table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace);
    }

    /// <summary>Of an operator's: it was proven six minutes ago whose it is. When it was opened stays, for that says whether it counts at
    /// all.</summary>
    public static Task GrowStaleAsync(LaunchpadApi api, string token) => api.Service<Tables>().Sessions.UpdateEntityAsync(
        new TableEntity(Hash(token), "staff") { ["freshAt"] = DateTimeOffset.UtcNow.AddMinutes(-6) }, ETag.All, TableUpdateMode.Merge);

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
