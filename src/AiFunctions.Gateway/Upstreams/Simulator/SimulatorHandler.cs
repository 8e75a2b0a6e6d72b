using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace AiFunctions.Gateway.Upstreams.Simulator;

/// <summary>The model that is built in: it answers in place of a network, so everything around it is the real thing.</summary>
internal sealed class SimulatorHandler(SimulatorOptions options, TimeProvider time) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is null || !request.RequestUri!.AbsolutePath.EndsWith("/chat/completions", StringComparison.Ordinal))
        {
            return new HttpResponseMessage(HttpStatusCode.NotFound);
        }

        using var body = JsonDocument.Parse(await request.Content.ReadAsByteArrayAsync(cancellationToken));
        var answer = SimulatorAnswer.To(body.RootElement, time.GetUtcNow());
        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = answer.Stream ? StreamContent(answer) : JsonContent(answer),
        };
    }

    private static ByteArrayContent JsonContent(SimulatorAnswer answer)
    {
        var content = new ByteArrayContent(answer.ToJson());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private StreamContent StreamContent(SimulatorAnswer answer)
    {
        var pipe = new Pipe();
        _ = WriteAsync(answer, pipe.Writer);
        var content = new StreamContent(pipe.Reader.AsStream());
        content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return content;
    }

    private async Task WriteAsync(SimulatorAnswer answer, PipeWriter writer)
    {
        Exception? fault = null;
        try
        {
            foreach (var data in answer.ToEvents())
            {
                await writer.WriteAsync("data: "u8.ToArray());
                await writer.WriteAsync(data);
                var flushed = await writer.WriteAsync("\n\n"u8.ToArray());
                if (flushed.IsCompleted)
                {
                    break; // nobody reads on
                }

                await Task.Delay(TimeSpan.FromMilliseconds(options.WordDelayMilliseconds), time);
            }
        }
        catch (Exception e)
        {
            fault = e;
        }

        await writer.CompleteAsync(fault);
    }
}
