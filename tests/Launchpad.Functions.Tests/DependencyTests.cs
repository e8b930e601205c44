using System.Reflection;
using System.Runtime.CompilerServices;
using Launchpad.Orchestrations;
using Launchpad.Shared.Plans;

namespace Launchpad.Functions.Tests;

/// <summary>How much one class may need. What counts are the parameters of every constructor, public or not, of every class that does
/// something. Data does not count (records, structs, exceptions and attributes), for its parts are no dependencies; so no record or struct
/// may carry what does something, or it would be a bag of dependencies under another name.</summary>
public sealed class DependencyTests
{
    private const int Max = 4;

    private static readonly Type[] Product =
    [
        .. new[] { typeof(Composition), typeof(Provision), typeof(Plan) }.SelectMany(one => one.Assembly.GetTypes()).Where(IsOurs),
    ];

    [Fact]
    public void No_class_has_more_than_four_dependencies() => Assert.Empty(Greedy(Product));

    [Fact]
    public void No_data_carries_a_class_that_does_something() => Assert.Empty(Bags(Product));

    [Fact]
    public void No_class_looks_its_dependencies_up() => Assert.DoesNotContain(
        Product.Where(DoesSomething).SelectMany(Needs), need => need.ParameterType == typeof(IServiceProvider));

    [Fact]
    public void A_class_with_five_is_found_however_it_is_written_and_a_record_with_five_is_none()
    {
        Type[] all = [typeof(Primary), typeof(Classic), typeof(Four), typeof(Five), typeof(Bag), typeof(Sack)];
        Assert.Equal([typeof(Primary), typeof(Classic)], Greedy(all));
        Assert.Equal([typeof(Bag), typeof(Sack)], Bags(all));
    }

    private static IEnumerable<Type> Greedy(IEnumerable<Type> types) =>
        types.Where(DoesSomething).Where(type => Constructors(type).Any(constructor => constructor.GetParameters().Length > Max));

    private static IEnumerable<Type> Bags(Type[] types) =>
        types.Where(IsData).Where(type => Needs(type).Any(need => types.Contains(need.ParameterType) && DoesSomething(need.ParameterType)));

    private static IEnumerable<ParameterInfo> Needs(Type type) => Constructors(type).SelectMany(constructor => constructor.GetParameters());

    private static ConstructorInfo[] Constructors(Type type) =>
        type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    private static bool IsOurs(Type type) =>
        type is { IsInterface: false, IsEnum: false } && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
            && type.Namespace?.StartsWith("Launchpad", StringComparison.Ordinal) is true;

    private static bool DoesSomething(Type type) =>
        !IsData(type) && !type.IsAssignableTo(typeof(Exception)) && !type.IsAssignableTo(typeof(Attribute))
            && !type.IsAssignableTo(typeof(Delegate));

    /// <summary>Only of records can there be a copy with something else in it.</summary>
    private static bool IsData(Type type) => type.IsValueType || type.GetMethod("<Clone>$") is not null;

    private sealed class Primary(int one, int two, int three, int four, int five)
    {
        public int Sum => one + two + three + four + five;
    }

    private sealed class Classic
    {
        private Classic(int one, int two, int three, int four, int five) => Sum = one + two + three + four + five;

        public int Sum { get; }
    }

    private sealed class Four(int one, int two, int three, int four)
    {
        public int Sum => one + two + three + four;
    }

    private sealed record Five(int One, int Two, int Three, int Four, int Fifth);

    private sealed record Bag(Four Four);

    private readonly record struct Sack(Four Four);
}
