using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Functions.Staff;
using Launchpad.Shared.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="Template">Without the prefix of host.json.</param>
/// <param name="Methods">In capitals; empty for the function that takes all.</param>
/// <param name="MakesSomething">True when it answers, to somebody who is signed in, what it has made or begun: the same request may be sent
/// again under one key.</param>
/// <param name="IsStaff">True when an operator has to ask.</param>
/// <param name="IsOpen">True when anybody may ask.</param>
/// <param name="Needs">What a customer has to be allowed; null for what is open or no customer's.</param>
/// <param name="OpenFrom">How far an operator has to have come.</param>
/// <param name="NeedsStepUp">True when the session alone is not enough.</param>
/// <param name="NeedsStepUpToPreview">The same, for whoever asks only what would be done.</param>
/// <param name="IsRecorded">True when there is a row of it wherever it was answered well.</param>
public sealed record Route(
    string Function, string Template, ImmutableArray<string> Methods, FrozenDictionary<string, QueryAttribute> Query, bool MakesSomething, bool IsStaff,
    bool IsOpen, Permission? Needs, StaffStage OpenFrom, bool NeedsStepUp, bool NeedsStepUpToPreview, bool IsRecorded)
{
    /// <summary>Whether its path names the bot that it is about, or an operation of it.</summary>
    public bool IsOfOneBot => Template.StartsWith("deployments/{id}", StringComparison.Ordinal) || Template.StartsWith("operations/{id}", StringComparison.Ordinal);

    /// <summary>Whether somebody is let in by it who was nobody before.</summary>
    public bool IsSignIn => Template.Contains("auth/login", StringComparison.Ordinal);
}

/// <summary>What the API answers, as the attributes of its functions say.</summary>
public static class Routes
{
    public static readonly FrozenDictionary<string, Route> ByFunction = typeof(Routes).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods()).Select(Of).OfType<Route>().ToFrozenDictionary(route => route.Function);

    private static readonly ImmutableArray<(TemplateMatcher Matcher, Route Route)> Matchers =
        [.. ByFunction.Values.Where(route => route.Methods.Length > 0)
            .Select(route => (new TemplateMatcher(TemplateParser.Parse(route.Template), []), route))];

    /// <summary>The methods that a path takes; none for a path that does not exist.</summary>
    public static IReadOnlyList<string> Allowed(PathString path)
    {
        var methods = Matchers.Where(known => known.Matcher.TryMatch(path, [])).SelectMany(known => known.Route.Methods).ToHashSet();
        return methods.Count == 0 ? [] : [.. methods.Append(HttpMethods.Options).Order(StringComparer.Ordinal)];
    }

    private static Route? Of(MethodInfo method)
    {
        var trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
            .FirstOrDefault(attribute => attribute is not null);
        var (staff, stepUp) = (method.GetCustomAttribute<OperatorsOnlyAttribute>(), method.GetCustomAttribute<StepUpAttribute>());
        return trigger is null || method.GetCustomAttribute<FunctionAttribute>() is not { } function
            ? null
            : new(
                function.Name, trigger.Route ?? function.Name,
                [.. (trigger.Methods ?? []).Select(name => name.ToUpperInvariant())],
                method.GetCustomAttributes<QueryAttribute>()
                    .ToFrozenDictionary(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase),
                trigger.Methods is [not ("get" or "head")] && method.GetCustomAttribute<OpenAttribute>() is null && method.GetCustomAttributes<AnswersAttribute>()
                    .Any(answer => answer.Status is StatusCodes.Status201Created or StatusCodes.Status202Accepted),
                staff is not null, method.GetCustomAttribute<OpenAttribute>() is not null, method.GetCustomAttribute<NeedsAttribute>()?.Permission,
                staff?.From ?? StaffStage.Whole, stepUp is not null, stepUp?.OfPreviews is true,
                trigger.Methods is [not ("get" or "head"), ..] && method.GetCustomAttribute<UnrecordedAttribute>() is null);
    }
}
