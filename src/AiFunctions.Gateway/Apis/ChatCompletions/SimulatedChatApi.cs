using System.Text.Json;
using AiFunctions.Gateway.Upstreams.Simulator;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>The built-in model's chat completions.</summary>
internal sealed class SimulatedChatApi : ISimulatedApi
{
    /// <inheritdoc/>
    public string Path => "chat/completions";

    /// <inheritdoc/>
    public SimulatedAnswer Answer(JsonElement request, DateTimeOffset now)
    {
        var answer = SimulatedChat.To(request, now);
        return answer.Stream ? new(null, answer.ToEvents()) : new(answer.ToJson(), null);
    }
}
