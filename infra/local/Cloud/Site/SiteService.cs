using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Launchpad.Local.Site;

/// <summary>The address that people open: the web app's files, with the API beneath /api of the same origin. It does what Azure Static Web
/// Apps does with the same staticwebapp.config.json.</summary>
public sealed class SiteService(CloudContext cloud) : CloudService
{
    // What Azure says where the config says nothing.
    private const string Caching = "public, must-revalidate, max-age=30";
    private const string NotBuilt = "The web app was not built yet: './launchpad up' builds it, and so does 'npm run build' in web/.\n";

    private readonly SiteFolder _folder = new(cloud.Site, cloud.Time);

    public override string Name => "site";

    public override int Port(Ports ports) => ports.Site;

    public override void Map(IEndpointRouteBuilder routes)
    {
        routes.Map("/api/{**path}", call => Forwarder.ToPortAsync(call, cloud.Ports.ControlPlane));
        routes.Map("/{**path}", AnswerAsync);
    }

    private Task AnswerAsync(HttpContext call)
    {
        if (call.Request.Host.Host is "127.0.0.1" or "[::1]")
        {
            // The API takes changes from one origin alone, and this is another name for it.
            call.Response.Redirect(new UriBuilder("http", "localhost", Port(cloud.Ports), call.Request.Path, call.Request.QueryString.Value)
                .Uri.AbsoluteUri, permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        }

        if (_folder.Current() is not { } build)
        {
            call.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return call.Response.WriteAsync(NotBuilt, call.RequestAborted);
        }

        var (path, method) = (call.Request.Path.Value ?? "/", call.Request.Method);
        var route = build.Config.RouteOf(path, method);
        Add(call.Response, build.Config.GlobalHeaders);
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            call.Response.Headers.Allow = "GET, HEAD";
            call.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        if (route?.Redirect is { } elsewhere)
        {
            call.Response.Headers.Location = elsewhere;
            call.Response.StatusCode = route.StatusCode ?? StatusCodes.Status302Found;
            return Task.CompletedTask;
        }

        var file = route is { StatusCode: not null, Rewrite: null } || path == "/" + SiteConfig.FileName ? null
            : build.Find(route?.Rewrite ?? path) ?? (build.Config.FallbackOf(path) is { } fallback ? build.Find(fallback) : null);
        if (file is null)
        {
            return FailAsync(call, build, route?.StatusCode ?? StatusCodes.Status404NotFound);
        }

        // Of a page that is not there, nothing may be kept for a year: the rule is for the files.
        Add(call.Response, route?.Headers);
        return WriteAsync(call, file, route?.StatusCode ?? StatusCodes.Status200OK);
    }

    private static Task FailAsync(HttpContext call, SiteBuild build, int status)
    {
        var instead = build.Config.ResponseOverrides.GetValueOrDefault($"{status}");
        call.Response.StatusCode = instead?.StatusCode ?? status;
        if (instead?.Rewrite is { } page && build.Find(page) is { } file)
        {
            return WriteAsync(call, file, call.Response.StatusCode);
        }

        call.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    private static Task WriteAsync(HttpContext call, SiteFile file, int status)
    {
        var (response, headers) = (call.Response, call.Response.Headers);
        var written = file.For(call.Request.Headers.AcceptEncoding);
        headers.ETag = written.ETag;
        headers.CacheControl = StringValues.IsNullOrEmpty(headers.CacheControl) ? Caching : headers.CacheControl;
        if (file.IsCompressible)
        {
            headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        }

        if (status == StatusCodes.Status200OK && IsKnown(call.Request, written.ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.StatusCode = status;
        response.ContentType = file.ContentType;
        response.ContentLength = written.Content.Length;
        if (written.Coding is { } coding)
        {
            headers.ContentEncoding = coding;
        }

        return HttpMethods.IsHead(call.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(written.Content, call.RequestAborted).AsTask();
    }

    private static bool IsKnown(HttpRequest request, string tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(new(tag), useStrongComparison: false));

    /// <summary>The later counts; what is empty takes away what an earlier said.</summary>
    private static void Add(HttpResponse response, IReadOnlyDictionary<string, string>? more)
    {
        foreach (var (name, value) in more ?? new Dictionary<string, string>())
        {
            response.Headers[name] = value.Length == 0 ? StringValues.Empty : value;
        }
    }
}
