enum PrintedGraphs {
    static let encoder = """
        %0 = parameter(name: "tokens.table")() [19, 6] float32
        %1 = parameter(name: "positions")() [8, 6] float32
        %2 = input(name: "ids")() [tokens, 1] uint32
        %3 = embedding(%0, %2) [tokens, 6] float32
        %4 = addPositions(%3, %1) [tokens, 6] float32
        %5 = parameter(name: "layer.0.attention.norm.gain")() [1, 6] float32
        %6 = parameter(name: "layer.0.attention.norm.bias")() [1, 6] float32
        %7 = layerNorm(epsilon: 1e-05)(%4, %5, %6) [tokens, 6] float32
        %8 = parameter(name: "layer.0.attention.qkv.weight")() [18, 6] float32Panels
        %9 = parameter(name: "layer.0.attention.qkv.bias")() [1, 18] float32
        %10 = linear(%7, %8, %9) [tokens, 18] float32
        %11 = segmentAttention(heads: 2)(%10) [tokens, 6] float32
        %12 = parameter(name: "layer.0.attention.output.weight")() [6, 6] float32Panels
        %13 = parameter(name: "layer.0.attention.output.bias")() [1, 6] float32
        %14 = linear(%11, %12, %13) [tokens, 6] float32
        %15 = add(%4, %14) [tokens, 6] float32
        %16 = parameter(name: "layer.0.feedforward.norm.gain")() [1, 6] float32
        %17 = parameter(name: "layer.0.feedforward.norm.bias")() [1, 6] float32
        %18 = layerNorm(epsilon: 1e-05)(%15, %16, %17) [tokens, 6] float32
        %19 = parameter(name: "layer.0.feedforward.up.weight")() [10, 6] float32Panels
        %20 = parameter(name: "layer.0.feedforward.up.bias")() [1, 10] float32
        %21 = linear(%18, %19, %20) [tokens, 10] float32
        %22 = gelu(%21) [tokens, 10] float32
        %23 = parameter(name: "layer.0.feedforward.down.weight")() [6, 10] float32Panels
        %24 = parameter(name: "layer.0.feedforward.down.bias")() [1, 6] float32
        %25 = linear(%22, %23, %24) [tokens, 6] float32
        %26 = add(%15, %25) [tokens, 6] float32
        %27 = parameter(name: "norm.gain")() [1, 6] float32
        %28 = parameter(name: "norm.bias")() [1, 6] float32
        %29 = layerNorm(epsilon: 1e-05)(%26, %27, %28) [tokens, 6] float32
        %30 = meanPool(%29) [examples, 6] float32
        %31 = parameter(name: "head.weight")() [3, 6] float32Panels
        %32 = parameter(name: "head.bias")() [1, 3] float32
        %33 = linear(%30, %31, %32) [examples, 3] float32
        logits: %33
        """

    static let fusedEncoder = """
        %0 = parameter(name: "tokens.table")() [19, 6] float32
        %1 = parameter(name: "positions")() [8, 6] float32
        %2 = input(name: "ids")() [tokens, 1] uint32
        %3 = embedding(%0, %2) [tokens, 6] float32
        %4 = addPositions(%3, %1) [tokens, 6] float32
        %5 = parameter(name: "layer.0.attention.norm.gain")() [1, 6] float32
        %6 = parameter(name: "layer.0.attention.norm.bias")() [1, 6] float32
        %7 = layerNorm(epsilon: 1e-05)(%4, %5, %6) [tokens, 6] float32
        %8 = parameter(name: "layer.0.attention.qkv.weight")() [18, 6] float32Panels
        %9 = parameter(name: "layer.0.attention.qkv.bias")() [1, 18] float32
        %10 = linear(%7, %8, %9) [tokens, 18] float32
        %11 = segmentAttention(heads: 2)(%10) [tokens, 6] float32
        %12 = parameter(name: "layer.0.attention.output.weight")() [6, 6] float32Panels
        %13 = parameter(name: "layer.0.attention.output.bias")() [1, 6] float32
        %14 = fusedLinear(none, addsResidual: true)(%11, %12, %13, %4) [tokens, 6] float32
        %15 = parameter(name: "layer.0.feedforward.norm.gain")() [1, 6] float32
        %16 = parameter(name: "layer.0.feedforward.norm.bias")() [1, 6] float32
        %17 = layerNorm(epsilon: 1e-05)(%14, %15, %16) [tokens, 6] float32
        %18 = parameter(name: "layer.0.feedforward.up.weight")() [10, 6] float32Panels
        %19 = parameter(name: "layer.0.feedforward.up.bias")() [1, 10] float32
        %20 = fusedLinear(gelu, addsResidual: false)(%17, %18, %19) [tokens, 10] float32
        %21 = parameter(name: "layer.0.feedforward.down.weight")() [6, 10] float32Panels
        %22 = parameter(name: "layer.0.feedforward.down.bias")() [1, 6] float32
        %23 = fusedLinear(none, addsResidual: true)(%20, %21, %22, %14) [tokens, 6] float32
        %24 = parameter(name: "norm.gain")() [1, 6] float32
        %25 = parameter(name: "norm.bias")() [1, 6] float32
        %26 = layerNorm(epsilon: 1e-05)(%23, %24, %25) [tokens, 6] float32
        %27 = meanPool(%26) [examples, 6] float32
        %28 = parameter(name: "head.weight")() [3, 6] float32Panels
        %29 = parameter(name: "head.bias")() [1, 3] float32
        %30 = linear(%27, %28, %29) [examples, 3] float32
        logits: %30
        """

    static let encoderInTraining = """
        %0 = parameter(name: "tokens.table")() [19, 6] float32
        %1 = parameter(name: "positions")() [8, 6] float32
        %2 = input(name: "ids")() [tokens, 1] uint32
        %3 = input(name: "keys")() [examples, 1] uint32
        %4 = embedding(%0, %2) [tokens, 6] float32
        %5 = addPositions(%4, %1) [tokens, 6] float32
        %6 = dropout(rate: 0.1, salt: 1)(%5, %3) [tokens, 6] float32
        %7 = parameter(name: "layer.0.attention.norm.gain")() [1, 6] float32
        %8 = parameter(name: "layer.0.attention.norm.bias")() [1, 6] float32
        %9 = layerNorm(epsilon: 1e-05)(%6, %7, %8) [tokens, 6] float32
        %10 = parameter(name: "layer.0.attention.qkv.weight")() [18, 6] float32Panels
        %11 = parameter(name: "layer.0.attention.qkv.bias")() [1, 18] float32
        %12 = linear(%9, %10, %11) [tokens, 18] float32
        %13 = segmentAttention(heads: 2)(%12) [tokens, 6] float32
        %14 = parameter(name: "layer.0.attention.output.weight")() [6, 6] float32Panels
        %15 = parameter(name: "layer.0.attention.output.bias")() [1, 6] float32
        %16 = linear(%13, %14, %15) [tokens, 6] float32
        %17 = dropout(rate: 0.1, salt: 2)(%16, %3) [tokens, 6] float32
        %18 = add(%6, %17) [tokens, 6] float32
        %19 = parameter(name: "layer.0.feedforward.norm.gain")() [1, 6] float32
        %20 = parameter(name: "layer.0.feedforward.norm.bias")() [1, 6] float32
        %21 = layerNorm(epsilon: 1e-05)(%18, %19, %20) [tokens, 6] float32
        %22 = parameter(name: "layer.0.feedforward.up.weight")() [10, 6] float32Panels
        %23 = parameter(name: "layer.0.feedforward.up.bias")() [1, 10] float32
        %24 = linear(%21, %22, %23) [tokens, 10] float32
        %25 = gelu(%24) [tokens, 10] float32
        %26 = dropout(rate: 0.1, salt: 3)(%25, %3) [tokens, 10] float32
        %27 = parameter(name: "layer.0.feedforward.down.weight")() [6, 10] float32Panels
        %28 = parameter(name: "layer.0.feedforward.down.bias")() [1, 6] float32
        %29 = linear(%26, %27, %28) [tokens, 6] float32
        %30 = dropout(rate: 0.1, salt: 4)(%29, %3) [tokens, 6] float32
        %31 = add(%18, %30) [tokens, 6] float32
        %32 = parameter(name: "norm.gain")() [1, 6] float32
        %33 = parameter(name: "norm.bias")() [1, 6] float32
        %34 = layerNorm(epsilon: 1e-05)(%31, %32, %33) [tokens, 6] float32
        %35 = firstPool(%34) [examples, 6] float32
        %36 = parameter(name: "head.weight")() [3, 6] float32Panels
        %37 = parameter(name: "head.bias")() [1, 3] float32
        %38 = linear(%35, %36, %37) [examples, 3] float32
        %39 = input(name: "soft.targets")() [examples, 3] float32
        %40 = input(name: "soft.weights")() [examples, 1] float32
        %41 = softCrossEntropy(temperature: 2.0)(%38, %39, %40) [examples, 1] float32
        %42 = scale(by: 4.0)(%41) [examples, 1] float32
        %43 = sum(%42) [1, 1] float32
        %44 = input(name: "one")() [1, 1] float32
        %45 = broadcast([examples, 1])(%44) [examples, 1] float32
        %46 = scale(by: 4.0)(%45) [examples, 1] float32
        %47 = softCrossEntropyGradient(temperature: 2.0)(%38, %39, %40, %46) [examples, 3] float32
        %48 = linearInputGradient(%47, %36) [examples, 6] float32
        %49 = linearWeightGradient(%35, %47) [3, 6] float32Panels
        %50 = sumRows(%47) [1, 3] float32
        %51 = firstPoolGradient(tokens)(%48) [tokens, 6] float32
        %52 = layerNormInputGradient(epsilon: 1e-05)(%31, %32, %51) [tokens, 6] float32
        %53 = layerNormGainGradient(epsilon: 1e-05)(%31, %51) [1, 6] float32
        %54 = sumRows(%51) [1, 6] float32
        %55 = dropout(rate: 0.1, salt: 4)(%52, %3) [tokens, 6] float32
        %56 = linearInputGradient(%55, %27) [tokens, 10] float32
        %57 = linearWeightGradient(%26, %55) [6, 10] float32Panels
        %58 = sumRows(%55) [1, 6] float32
        %59 = dropout(rate: 0.1, salt: 3)(%56, %3) [tokens, 10] float32
        %60 = geluGradient(%24, %59) [tokens, 10] float32
        %61 = linearInputGradient(%60, %22) [tokens, 6] float32
        %62 = linearWeightGradient(%21, %60) [10, 6] float32Panels
        %63 = sumRows(%60) [1, 10] float32
        %64 = layerNormInputGradient(epsilon: 1e-05)(%18, %19, %61) [tokens, 6] float32
        %65 = layerNormGainGradient(epsilon: 1e-05)(%18, %61) [1, 6] float32
        %66 = sumRows(%61) [1, 6] float32
        %67 = add(%52, %64) [tokens, 6] float32
        %68 = dropout(rate: 0.1, salt: 2)(%67, %3) [tokens, 6] float32
        %69 = linearInputGradient(%68, %14) [tokens, 6] float32
        %70 = linearWeightGradient(%13, %68) [6, 6] float32Panels
        %71 = sumRows(%68) [1, 6] float32
        %72 = segmentAttentionGradient(heads: 2)(%12, %69) [tokens, 18] float32
        %73 = linearInputGradient(%72, %10) [tokens, 6] float32
        %74 = linearWeightGradient(%9, %72) [18, 6] float32Panels
        %75 = sumRows(%72) [1, 18] float32
        %76 = layerNormInputGradient(epsilon: 1e-05)(%6, %7, %73) [tokens, 6] float32
        %77 = layerNormGainGradient(epsilon: 1e-05)(%6, %73) [1, 6] float32
        %78 = sumRows(%73) [1, 6] float32
        %79 = add(%67, %76) [tokens, 6] float32
        %80 = dropout(rate: 0.1, salt: 1)(%79, %3) [tokens, 6] float32
        %81 = positionGradient(positions: 8)(%80) [8, 6] float32
        tokens.table rows: %80
        positions: %81
        layer.0.attention.norm.gain: %77
        layer.0.attention.norm.bias: %78
        layer.0.attention.qkv.weight: %74
        layer.0.attention.qkv.bias: %75
        layer.0.attention.output.weight: %70
        layer.0.attention.output.bias: %71
        layer.0.feedforward.norm.gain: %65
        layer.0.feedforward.norm.bias: %66
        layer.0.feedforward.up.weight: %62
        layer.0.feedforward.up.bias: %63
        layer.0.feedforward.down.weight: %57
        layer.0.feedforward.down.bias: %58
        norm.gain: %53
        norm.bias: %54
        head.weight: %49
        head.bias: %50
        loss: %43
        """
}
