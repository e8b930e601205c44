using System.Buffers;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Accounts;

/// <summary>What a session is called where its owner sees it: the first digits of the hash of its token, which tell nothing of the token.</summary>
public static class SessionIds
{
    private const string Prefix = "ses_";
    private const int DigitCount = 24;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static string Of(string hash) => Prefix + hash[..DigitCount];

    public static string OfToken(string token) => Of(BearerToken.Hash(token));

    /// <summary>The hash of the token of one of somebody's sessions, which are rows of his partition by it. Null when he has none of that id.</summary>
    internal static async Task<string?> HashAsync(Tables tables, string owner, string id, CancellationToken ct)
    {
        if (!IsId(id))
        {
            return null;
        }

        var low = id[Prefix.Length..];
        var rows = tables.Sessions.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {owner} and RowKey ge {low} and RowKey lt {low + "g"}"), select: ["RowKey"],
            cancellationToken: ct);
        return (await rows.FirstOrDefaultAsync(ct))?.RowKey;
    }

    private static bool IsId(string id) => id.Length == Prefix.Length + DigitCount && id.StartsWith(Prefix, StringComparison.Ordinal)
        && id.AsSpan(Prefix.Length).IndexOfAnyExcept(Digits) < 0;
}
