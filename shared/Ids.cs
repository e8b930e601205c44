using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Launchpad.Shared;

/// <summary>Prefixed ULIDs (`dep_01J…`): 48 bits of time, 80 of randomness, Crockford base 32, so that ids sort by age.</summary>
public static class Ids
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 26;
    private static readonly long MillisecondsMax = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    public const string Account = "acc";
    public const string Deployment = "dep";
    public const string Operation = "op";
    public const string Vm = "vm";
    public const string Backup = "bak";

    public static string New(string prefix, TimeProvider clock)
    {
        Span<byte> random = stackalloc byte[10];
        RandomNumberGenerator.Fill(random);
        return Encode(prefix, clock.GetUtcNow(), random);
    }

    /// <summary>An id that depends on nothing but its arguments: what an orchestrator may make.</summary>
    public static string From(string prefix, DateTime utc, Guid entropy) =>
        Encode(prefix, new DateTimeOffset(utc, TimeSpan.Zero), entropy.ToByteArray().AsSpan(0, 10));

    public static bool IsValid([NotNullWhen(true)] string? id, string prefix) =>
        id is not null
        && id.Length == prefix.Length + 1 + Length
        && id.StartsWith(prefix, StringComparison.Ordinal)
        && id[prefix.Length] == '_'
        && id.AsSpan(prefix.Length + 1).IndexOfAnyExcept(Letters) < 0
        && MillisecondsOf(id) <= MillisecondsMax;

    /// <summary>When the id was made.</summary>
    public static DateTimeOffset TimeOf(string id) => DateTimeOffset.FromUnixTimeMilliseconds(MillisecondsOf(id));

    /// <summary>No id of that time or later sorts before it.</summary>
    public static string Lowest(string prefix, DateTimeOffset time) => Encode(prefix, time, stackalloc byte[10]);

    private static long MillisecondsOf(string id)
    {
        var letters = id.AsSpan(id.IndexOf('_', StringComparison.Ordinal) + 1);
        var milliseconds = 0L;
        foreach (var letter in letters[..10])
        {
            milliseconds = (milliseconds << 5) | (long)Alphabet.IndexOf(letter, StringComparison.Ordinal);
        }

        return milliseconds;
    }

    private static string Encode(string prefix, DateTimeOffset time, ReadOnlySpan<byte> random)
    {
        var bits = ((UInt128)(ulong)time.ToUnixTimeMilliseconds()) << 80;
        foreach (var (index, value) in random.ToArray().Index())
        {
            bits |= (UInt128)value << (8 * (9 - index));
        }

        return string.Create(prefix.Length + 1 + Length, (prefix, bits), static (text, state) =>
        {
            state.prefix.CopyTo(text);
            text[state.prefix.Length] = '_';
            for (var i = text.Length - 1; i > state.prefix.Length; i--, state.bits >>= 5)
            {
                text[i] = Alphabet[(int)(state.bits & 31)];
            }
        });
    }
}
