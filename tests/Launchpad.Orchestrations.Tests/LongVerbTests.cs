using System.Reflection;
using Launchpad.Functions;
using Launchpad.Orchestrations.Tests.Faults;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Tests;

/// <summary>What takes long on a machine is a job: anything else does not compile, and what would get round the compiler fails here.</summary>
public sealed class LongVerbTests
{
    private const BindingFlags Any =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] Product =
        [.. new[] { typeof(VmAccess), typeof(Provision), typeof(Composition) }.SelectMany(one => one.Assembly.GetTypes())];

    [Fact]
    public void Only_what_looks_is_asked_without_a_job() => Assert.Equal(
        [nameof(BrowsersRequest), nameof(FactsRequest), nameof(JobRequest), nameof(LogsRequest), nameof(MeasureRequest)],
        Product.Where(type => type.IsClass && typeof(IQuestion).IsAssignableFrom(type)).Select(type => type.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void There_is_one_way_to_a_machine_and_it_takes_nothing_but_questions()
    {
        Assert.Equal(
            [typeof(VmAccess)],
            Product.Where(type => Uses(type, typeof(VmProgram))).Select(Outermost).Distinct().Where(type => type != typeof(VmProgram)));
        Assert.All(
            typeof(VmAccess).GetMethods().Where(method => method.IsGenericMethod),
            method => Assert.Contains(typeof(IQuestion), method.GetGenericArguments()[0].GetGenericParameterConstraints()));
    }

    [Fact]
    public void Whoever_looks_says_what_is_left() => Assert.All(
        Activity.All.Values,
        activity => Assert.Equal(activity.TakesLook, activity.Method.ReturnType == typeof(Task<Unfinished?>)));

    private static bool Uses(Type type, Type what) =>
        type.GetFields(Any).Any(field => field.FieldType == what)
        || type.GetConstructors(Any).SelectMany(one => one.GetParameters()).Any(one => one.ParameterType == what)
        || type.GetMethods(Any).SelectMany(one => one.GetParameters()).Any(one => one.ParameterType == what);

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
