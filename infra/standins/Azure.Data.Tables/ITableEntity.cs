namespace Azure.Data.Tables;

/// <summary>What every entity has: its two keys, and what the service says about its last change.</summary>
public interface ITableEntity
{
    string PartitionKey { get; set; }
    string RowKey { get; set; }
    DateTimeOffset? Timestamp { get; set; }
    ETag ETag { get; set; }
}

/// <summary>Whether an update keeps the properties it does not mention.</summary>
public enum TableUpdateMode
{
    Merge = 0,
    Replace = 1,
}
