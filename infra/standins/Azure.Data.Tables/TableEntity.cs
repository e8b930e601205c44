using System.Collections;

namespace Azure.Data.Tables;

/// <summary>An entity as a dictionary, for tables whose rows have no one shape.</summary>
public sealed class TableEntity : ITableEntity, IDictionary<string, object>
{
    internal const string ETagKey = "odata.etag";

    private readonly Dictionary<string, object> _values;

    public TableEntity() => _values = [];

    public TableEntity(string partitionKey, string rowKey)
        : this()
    {
        PartitionKey = partitionKey;
        RowKey = rowKey;
    }

    public TableEntity(IDictionary<string, object> values) => _values = values is null ? [] : new(values);

    public string PartitionKey
    {
        get => GetString(nameof(PartitionKey));
        set => _values[nameof(PartitionKey)] = value;
    }

    public string RowKey
    {
        get => GetString(nameof(RowKey));
        set => _values[nameof(RowKey)] = value;
    }

    public DateTimeOffset? Timestamp
    {
        get => GetDateTimeOffset(nameof(Timestamp));
        set => _values[nameof(Timestamp)] = value;
    }

    public ETag ETag
    {
        get => new(GetString(ETagKey));
        set => _values[ETagKey] = value.ToString();
    }

    public int Count => _values.Count;

    public ICollection<string> Keys => _values.Keys;

    ICollection<object> IDictionary<string, object>.Values => _values.Values;

    bool ICollection<KeyValuePair<string, object>>.IsReadOnly => false;

    public object this[string key]
    {
        get => Get(key, typeof(object));
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            _values[key] = value is not null && _values.TryGetValue(key, out var old) && old is not null ? Coerce(old, value) : value;
        }
    }

    public string GetString(string key) => (string)Get(key, typeof(string));

    public bool? GetBoolean(string key) => (bool?)Get(key, typeof(bool));

    public int? GetInt32(string key) => (int?)Get(key, typeof(int));

    public long? GetInt64(string key) => (long?)Get(key, typeof(long));

    public double? GetDouble(string key) => (double?)Get(key, typeof(double));

    public Guid? GetGuid(string key) => (Guid?)Get(key, typeof(Guid));

    public byte[] GetBinary(string key) => (byte[])Get(key, typeof(byte[]));

    public BinaryData GetBinaryData(string key) => Get(key) switch
    {
        byte[] bytes => BinaryData.FromBytes(bytes),
        var value => (BinaryData)Of(typeof(BinaryData), value),
    };

    public DateTime? GetDateTime(string key) => Get(key) switch
    {
        DateTimeOffset time => time.UtcDateTime,
        var value => (DateTime?)Of(typeof(DateTime), value),
    };

    public DateTimeOffset? GetDateTimeOffset(string key) => Get(key) switch
    {
        DateTime time => new DateTimeOffset(time),
        var value => (DateTimeOffset?)Of(typeof(DateTimeOffset), value),
    };

    public void Add(string key, object value) => this[key] = value;

    public bool ContainsKey(string key) => _values.ContainsKey(key);

    public bool Remove(string key) => _values.Remove(key);

    public bool TryGetValue(string key, out object value) => _values.TryGetValue(key, out value);

    public void Clear() => _values.Clear();

    void ICollection<KeyValuePair<string, object>>.Add(KeyValuePair<string, object> item) => this[item.Key] = item.Value;

    bool ICollection<KeyValuePair<string, object>>.Contains(KeyValuePair<string, object> item) => Pairs.Contains(item);

    bool ICollection<KeyValuePair<string, object>>.Remove(KeyValuePair<string, object> item) => Pairs.Remove(item);

    void ICollection<KeyValuePair<string, object>>.CopyTo(KeyValuePair<string, object>[] array, int arrayIndex) =>
        Pairs.CopyTo(array, arrayIndex);

    IEnumerator<KeyValuePair<string, object>> IEnumerable<KeyValuePair<string, object>>.GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _values.GetEnumerator();

    private ICollection<KeyValuePair<string, object>> Pairs => _values;

    private object Get(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return _values.GetValueOrDefault(key);
    }

    private object Get(string key, Type type) => Of(type, Get(key));

    private static object Of(Type type, object value) => value is null || type.IsInstanceOfType(value)
        ? value
        : throw new InvalidOperationException($"Cannot return {type} type for a {value.GetType()} typed property.");

    /// <summary>A property that was read as a double or a long stays one when an int is assigned to it.</summary>
    private static object Coerce(object old, object value) => (old, value) switch
    {
        (double, int number) => (double)number,
        (long, int number) => (long)number,
        (string, DateTime or DateTimeOffset) => value.ToString(),
        _ => value,
    };
}
