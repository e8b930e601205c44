using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;

namespace Launchpad.Shared.Accounts;

/// <summary>Codes for the day the authenticator is lost: 120 random bits each, kept by their hash.</summary>
internal static class RecoveryCodes
{
    private const string Prefix = "recovery-";
    private const int Count = 10;
    private const int Letters = 24;
    private const int Group = 4;

    // Without what is taken for something else when it is written down.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    public static (IReadOnlyList<string> Codes, IReadOnlyList<TableTransactionAction> Rows) Make(string who)
    {
        var codes = Enumerable.Range(0, Count).Select(_ => RandomNumberGenerator.GetString(Alphabet, Letters)).ToList();
        return (
            [.. codes.Select(code => string.Join('-', code.Chunk(Group).Select(part => new string(part))))],
            [.. codes.Select(code => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity(who, Key(who, code))))]);
    }

    /// <summary>Null for what is none.</summary>
    public static string? KeyOf(string who, string typed)
    {
        var code = typed.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        return code.Length == Letters && code.All(Alphabet.Contains) ? Key(who, code) : null;
    }

    public static AsyncPageable<TableEntity> Rows(TableClient table, string who, CancellationToken ct) =>
        table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {who} and RowKey ge {Prefix} and RowKey lt {Prefix + "~"}"), cancellationToken: ct);

    private static string Key(string who, string code) =>
        Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{who} {code}")));
}
