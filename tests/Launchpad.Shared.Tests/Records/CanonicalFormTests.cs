using Launchpad.Shared.Records;

namespace Launchpad.Shared.Tests.Records;

public sealed class CanonicalFormTests
{
    /// <summary>Computed by another program from ADR 8: whoever changes the form breaks every record there is.</summary>
    [Fact]
    public void The_hash_of_a_row_is_what_its_documented_form_says()
    {
        var data = new { b = 1, a = "é\"\\/\u0001\u007f\u2028🤖", list = new object[] { true, -2 }, nothing = (string?)null };
        var row = RecordRow.After(
            RecordHead.Before("dep_01ARZ3NDEKTSV4RRFFQ69G5FAV"), new(2026, 1, 31, 9, 0, 0, 7, TimeSpan.FromHours(1)),
            new(RecordKinds.Action, "acc_1", data));
        Assert.Equal((0, "2026-01-31T08:00:00.007Z"), (row.Sequence, row.At));
        Assert.Equal("6ea451347dd1129fa4774a597b608424983518c8f67b9028860f089a2e0a446c", row.Previous);
        Assert.Equal("de7b2e0633269895659d3502495fa1f3927efc94dd07e807969661cae6abe317", row.Hash);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1e300)]
    public void A_number_that_libraries_write_in_different_ways_is_not_recorded(double number) =>
        Assert.ThrowsAny<Exception>(() => CanonicalJson.Of(new { number }));
}
