using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Host.Sample;

/// <summary>Functions that differ in their routes and keys.</summary>
public static class Routes
{
    [Function("Unrouted")]
    public static IActionResult Unrouted([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) =>
        new ContentResult { Content = request?.Method };

    [Function("ItemById")]
    public static IResult ItemById(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/{id:int}")] HttpRequest request, int id) =>
        Results.Text($"{request?.Method} item {id}");

    [Function("ItemByName")]
    public static IResult ItemByName(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/{name:regex(^[a-z]+$)}")] HttpRequest request, string name) =>
        Results.Text($"{request?.Method} name {name}");

    [Function("ItemDelete")]
    public static IResult ItemDelete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "items/{id:int}")] HttpRequest request, int id) =>
        Results.Text($"{request?.Method} item {id}");

    [Function("ItemSpecial")]
    public static IResult ItemSpecial([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/special")] HttpRequest request) =>
        Results.Text($"{request?.Method} special");

    [Function("Files")]
    public static IResult Files(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "files/{*path}")] HttpRequest request, string? path) =>
        Results.Text($"{request?.Method} file {path}");

    [Function("Keyed")]
    public static IResult Keyed([HttpTrigger(AuthorizationLevel.Function, "get", Route = "keyed")] HttpRequest request) =>
        Results.Text($"{request?.Method} keyed");

    [Function("AdminOnly")]
    public static IResult AdminOnly([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "for-admins")] HttpRequest request) =>
        Results.Text($"{request?.Method} admin");
}
