using System.Text;

namespace Launchpad.Shared.Backups;

/// <summary>Bytes as age writes its keys (BIP 173, without its limit of 90 characters).</summary>
internal static class Bech32
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int ChecksumLength = 6;
    private static readonly uint[] Generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    public static string Encode(string prefix, ReadOnlySpan<byte> data)
    {
        var values = Regroup(data, 8, 5, pad: true) ?? [];
        var checksum = Polymod([.. Expand(prefix), .. values, 0, 0, 0, 0, 0, 0]) ^ 1;
        var text = new StringBuilder(prefix).Append('1');
        foreach (var value in values)
        {
            text.Append(Alphabet[value]);
        }

        for (var i = 0; i < ChecksumLength; i++)
        {
            text.Append(Alphabet[(int)(checksum >> (5 * (ChecksumLength - 1 - i))) & 31]);
        }

        return text.ToString();
    }

    /// <summary>Null when it is none of that prefix, or mistyped.</summary>
    public static byte[]? Decode(string prefix, string text)
    {
        if (!text.StartsWith(prefix + "1", StringComparison.Ordinal) || text.Length < prefix.Length + 1 + ChecksumLength)
        {
            return null;
        }

        var values = text[(prefix.Length + 1)..].Select(letter => Alphabet.IndexOf(letter, StringComparison.Ordinal)).ToList();
        return values.Contains(-1) || Polymod([.. Expand(prefix), .. values.Select(value => (byte)value)]) != 1
            ? null
            : Regroup([.. values.SkipLast(ChecksumLength).Select(value => (byte)value)], 5, 8, pad: false);
    }

    private static IEnumerable<byte> Expand(string prefix) =>
        [.. prefix.Select(letter => (byte)(letter >> 5)), 0, .. prefix.Select(letter => (byte)(letter & 31))];

    private static uint Polymod(ReadOnlySpan<byte> values)
    {
        uint sum = 1;
        foreach (var value in values)
        {
            var top = sum >> 25;
            sum = ((sum & 0x1ffffff) << 5) ^ value;
            for (var i = 0; i < Generator.Length; i++)
            {
                sum ^= ((top >> i) & 1) == 1 ? Generator[i] : 0;
            }
        }

        return sum;
    }

    private static byte[]? Regroup(ReadOnlySpan<byte> data, int from, int to, bool pad)
    {
        var (bits, held) = (0, 0);
        var grouped = new List<byte>();
        foreach (var value in data)
        {
            held = (held << from) | value;
            for (bits += from; bits >= to; bits -= to)
            {
                grouped.Add((byte)((held >> (bits - to)) & ((1 << to) - 1)));
            }

            held &= (1 << bits) - 1;
        }

        if (pad && bits > 0)
        {
            grouped.Add((byte)((held << (to - bits)) & ((1 << to) - 1)));
        }

        return pad || (bits < from && held == 0) ? [.. grouped] : null;
    }
}
