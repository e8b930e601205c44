using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <summary>What no other function answers: which methods a path takes, a method that it does not take, a path that does not exist. Hosts
/// would answer all three with an empty 404.</summary>
public static class Unmatched
{
    // Azure tries routes in the order of the functions' names, so this name has to come after every other.
    public const string Name = "ZzUnmatched";

    [Function(Name)]
    public static IActionResult Answer([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request)
    {
        var path = $"/{request.RouteValues["path"]}";
        if (Routes.Allowed(path) is not [_, ..] methods)
        {
            throw Problems.UnknownAddress(request.Path);
        }

        var allowed = string.Join(", ", methods);
        request.HttpContext.Response.Headers.Allow = allowed;
        return HttpMethods.IsOptions(request.Method) ? new NoContentResult() : throw Problems.MethodNotAllowed(request.Method, allowed);
    }
}
