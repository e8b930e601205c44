using System.Runtime.Serialization;
using Azure;
using Azure.Data.Tables;

namespace Launchpad.Standins.Tests.Tables;

public sealed class EntityTests(Azurite azurite) : TableTests(azurite)
{
    private static readonly DateTimeOffset s_time = new(2031, 4, 5, 6, 7, 8, 910, 11, TimeSpan.Zero);

    [Fact]
    public async Task Every_type_of_property_comes_back_as_it_was()
    {
        var guid = Guid.NewGuid();
        TableEntity written = new("p", "r")
        {
            ["Text"] = "grün \"quoted\" <&> \n line",
            ["Empty"] = "",
            ["Flag"] = true,
            ["Int"] = int.MinValue,
            ["Long"] = long.MaxValue,
            ["SmallLong"] = 7L,
            ["Double"] = 1.5,
            ["Whole"] = 3.0,
            ["Tiny"] = double.Epsilon,
            ["Nan"] = double.NaN,
            ["Up"] = double.PositiveInfinity,
            ["Down"] = double.NegativeInfinity,
            ["Guid"] = guid,
            ["Time"] = s_time,
            ["Bytes"] = new byte[] { 0, 1, 255 },
        };
        await Table.AddEntityAsync(written);

        TableEntity read = await Table.GetEntityAsync<TableEntity>("p", "r");

        Assert.All(written, property => Assert.Equal(property.Value, read[property.Key]));
        Assert.Equal(s_time.UtcDateTime, read.GetDateTime("Time"));
        Assert.Equal([0, 1, 255], read.GetBinaryData("Bytes").ToArray());
        Assert.True(DateTimeOffset.UtcNow - read.Timestamp < TimeSpan.FromMinutes(1));
        Assert.NotEqual(default, read.ETag);
        Assert.False(read.ContainsKey("odata.metadata"));
    }

    [Fact]
    public async Task Times_and_bytes_have_one_form_in_the_table()
    {
        await Table.AddEntityAsync(new TableEntity("p", "r")
        {
            ["Offset"] = s_time.ToOffset(TimeSpan.FromHours(5)),
            ["Utc"] = s_time.UtcDateTime,
            ["Data"] = BinaryData.FromString("hello"),
        });

        TableEntity read = await Table.GetEntityAsync<TableEntity>("p", "r");

        Assert.Equal((s_time, s_time), (read["Offset"], read["Utc"]));
        Assert.Equal("hello"u8, read.GetBinary("Data"));
    }

    [Fact]
    public async Task A_class_is_mapped_by_its_public_members()
    {
        Row written = new()
        {
            PartitionKey = "p",
            RowKey = "r",
            Name = "n",
            Renamed = "under another name",
            Ignored = "stays here",
            Level = Level.High,
            Maybe = Level.Low,
            Count = long.MinValue,
            Ratio = double.NaN,
            At = s_time,
            Bytes = [1, 2],
            Field = 9,
        };
        await Table.AddEntityAsync(written);

        Row read = await Table.GetEntityAsync<Row>("p", "r");
        TableEntity raw = await Table.GetEntityAsync<TableEntity>("p", "r");

        Assert.Equal(("n", "under another name", null), (read.Name, read.Renamed, read.Ignored));
        Assert.Equal((Level.High, Level.Low, null), (read.Level, read.Maybe, read.Never));
        Assert.Equal((long.MinValue, double.NaN, s_time, 9), (read.Count, read.Ratio, read.At, read.Field));
        Assert.Equal([1, 2], read.Bytes);
        Assert.Null(read.Nothing);
        Assert.Equal(("under another name", "High"), (raw.GetString("other"), raw.GetString("Level")));
        Assert.Equal("n!", raw.GetString("Computed"));
        Assert.False(raw.ContainsKey("Renamed") || raw.ContainsKey("Ignored") || raw.ContainsKey("Nothing"));
        Assert.Equal(raw.ETag, read.ETag);
    }

    [Fact]
    public async Task Keys_implemented_explicitly_travel_too()
    {
        await Table.AddEntityAsync(new Hidden("p", "r") { Value = 5 });

        Hidden read = await Table.GetEntityAsync<Hidden>("p", "r");

        Assert.Equal(("p", "r", 5), (((ITableEntity)read).PartitionKey, ((ITableEntity)read).RowKey, read.Value));
    }

    [Theory]
    [InlineData("it's")]
    [InlineData("''")]
    [InlineData("a  b")]
    [InlineData("grün 漢字 🦞")]
    [InlineData("a&b=c;d+e$f,g:h@i!j")]
    [InlineData("(x)[y]{z}")]
    [InlineData("--; $(touch x) `y` |")]
    [InlineData("$filter")]
    [InlineData("<\">")]
    [InlineData("")]
    public async Task Any_key_that_the_service_allows_is_found_again(string key)
    {
        await Table.AddEntityAsync(new TableEntity(key, key) { ["N"] = 1 });

        TableEntity read = await Table.GetEntityAsync<TableEntity>(key, key);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {key} and RowKey eq {key}");
        var found = await Table.QueryAsync<TableEntity>(filter).ToListAsync();
        await Table.UpdateEntityAsync(new TableEntity(key, key) { ["N"] = 2 }, read.ETag);
        await Table.DeleteEntityAsync(key, key);

        Assert.Equal((key, key), (read.PartitionKey, read.RowKey));
        Assert.Equal(read.ETag, Assert.Single(found).ETag);
        Assert.False((await Table.GetEntityIfExistsAsync<TableEntity>(key, key)).HasValue);
    }

    [Fact]
    public async Task What_no_table_can_hold_is_refused_before_it_is_sent()
    {
        await Assert.ThrowsAsync<NotSupportedException>(() => Table.AddEntityAsync(new TableEntity("p", "r") { ["X"] = Level.High }));
        await Assert.ThrowsAsync<NotSupportedException>(() => Table.AddEntityAsync(new TableEntity("p", "r") { ["X"] = new List<int>() }));
        await Assert.ThrowsAsync<ArgumentNullException>(() => Table.AddEntityAsync(new TableEntity("p", null)));
    }

    [Fact]
    public void A_dictionary_entity_guards_its_types()
    {
        TableEntity entity = new("p", "r") { ["Long"] = 1L, ["Text"] = "x" };
        entity["Long"] = 2;

        Assert.Equal(2L, entity["Long"]);
        Assert.Null(entity["absent"]);
        Assert.Throws<InvalidOperationException>(() => entity.GetInt32("Text"));
    }

    public enum Level
    {
        Low,
        High,
    }

    public sealed class Row : ITableEntity
    {
#pragma warning disable CA1051 // Fields are mapped too, and that is what is tested.
        public int Field;
#pragma warning restore CA1051

        public string PartitionKey { get; set; } = "";
        public string RowKey { get; set; } = "";
        public DateTimeOffset? Timestamp { get; set; }
        public ETag ETag { get; set; }
        public string? Name { get; set; }
        public string Computed => Name + "!";
        public string? Nothing { get; set; }
        public Level Level { get; set; }
        public Level? Maybe { get; set; }
        public Level? Never { get; set; }
        public long Count { get; set; }
        public double Ratio { get; set; }
        public DateTimeOffset? At { get; set; }
        public byte[] Bytes { get; set; } = [];

        [DataMember(Name = "other")]
        public string? Renamed { get; set; }

        [IgnoreDataMember]
        public string? Ignored { get; set; }
    }

    public sealed class Hidden : ITableEntity
    {
        private string _partition = "";
        private string _row = "";

        public Hidden()
        {
        }

        public Hidden(string partition, string row) => (_partition, _row) = (partition, row);

        public int Value { get; set; }

        string ITableEntity.PartitionKey { get => _partition; set => _partition = value; }
        string ITableEntity.RowKey { get => _row; set => _row = value; }
        DateTimeOffset? ITableEntity.Timestamp { get; set; }
        ETag ITableEntity.ETag { get; set; }
    }
}
