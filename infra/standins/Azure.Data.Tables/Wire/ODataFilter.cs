using System.Globalization;
using System.Text;
using System.Xml;

namespace Azure.Data.Tables.Wire;

/// <summary>Turns an interpolated string into an OData filter in which every interpolated value is a literal.</summary>
internal static class ODataFilter
{
    public static string Create(FormattableString filter)
    {
        if (filter is null)
        {
            return null;
        }

        var literals = filter.GetArguments().Select((value, index) => (object)Literal(value, index)).ToArray();
        return string.Format(CultureInfo.InvariantCulture, filter.Format, literals);
    }

    public static string Escape(string text) => text.Replace("'", "''", StringComparison.Ordinal);

    public static string Literal(object value, int index) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        sbyte or byte or short or ushort or int or uint or decimal or float or double
            => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        long or ulong => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture) + "L",
        Guid guid => $"guid'{guid}'",
        byte[] bytes => $"X'{Convert.ToHexString(bytes)}'",
        BinaryData data => $"X'{Convert.ToHexString(data.ToMemory().Span)}'",
        DateTimeOffset time => Time(time.UtcDateTime),
        DateTime time => Time(time.ToUniversalTime()),
        string or char or StringBuilder => $"'{Escape(value.ToString())}'",
        _ => throw new ArgumentException($"Unable to convert argument {index} from type {value.GetType()} to an OData literal."),
    };

    private static string Time(DateTime utc) => $"datetime'{XmlConvert.ToString(utc, XmlDateTimeSerializationMode.RoundtripKind)}'";
}
